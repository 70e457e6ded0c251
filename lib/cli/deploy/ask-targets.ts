import { setTimeout } from "node:timers/promises";
import { type DeployApi, readAnswer } from "./deploy-client.ts";
import { Answer, Asked } from "./deploy-view.ts";

const LOOK_EVERY_MS = 500;
const ANSWERED_WITHIN_MS = 120_000;

export interface TargetAnswer {
  readonly target: string;
  readonly report?: NonNullable<Answer["report"]>;
  /** Why there is none. */
  readonly text?: string;
}

interface Question {
  readonly app: string;
  readonly env: string;
  readonly verb: "status" | "diagnostics" | "logs";
  readonly deployId?: string;
}

/** Puts a question to every target of an environment and waits for the answers, two minutes at most. */
export async function askTargets(api: DeployApi, question: Question): Promise<readonly TargetAnswer[]> {
  const where = `${question.app}/${question.env}`;
  const { asked } = readAnswer(Asked, await api.ask("POST", "/api/inspections", question), where);
  const answers: TargetAnswer[] = [];
  for (const { target, commandId, text } of asked)
    answers.push(
      commandId === undefined
        ? { target, text: text ?? "it could not be asked" }
        : await hear(api, question, target, commandId),
    );
  return answers;
}

async function hear(api: DeployApi, { app, env }: Question, target: string, commandId: string): Promise<TargetAnswer> {
  const query = new URLSearchParams({ app, env, target });
  const giveUpAt = Date.now() + ANSWERED_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    const path = `/api/inspections/${encodeURIComponent(commandId)}?${query}`;
    const { kind, report, text } = readAnswer(Answer, await api.ask("GET", path), `${app}/${env}`);
    if (kind === "answered" && report) return { target, report };
    if (kind === "no-answer") return { target, text: text ?? "it did not answer" };
    await setTimeout(LOOK_EVERY_MS);
  }
  return { target, text: "it did not answer within two minutes" };
}
