import { resolve } from "node:path";
import type { EventDecision } from "../core/decision.ts";
import { explainDecision, summarize } from "../core/explain.ts";
import { planEvent } from "../core/plan.ts";
import { type Call, CommandError, type ExitCode } from "./command.ts";
import { printLines } from "./marks.ts";
import { describeQuestion, eventJson, type Question, readQuestion } from "./question.ts";
import { openCheckout } from "./world-checkout.ts";

/** 0: decided; 1: a workflow file is invalid. */
export async function runExplain(call: Call): Promise<ExitCode> {
  const { options, terminal, folder } = call;
  const checkout = await openCheckout(resolve(folder, typeof options.repo === "string" ? options.repo : "."));
  const question = await readQuestion(checkout, options);
  const decision = only(planEvent(question.input), question, options.workflow);
  if (options.json) terminal.print(JSON.stringify({ event: eventJson(question), ...decision }, undefined, 2));
  else tell(call, question, decision);
  return decision.workflows.some((workflow) => workflow.decision === "invalid") ? 1 : 0;
}

function tell({ terminal }: Call, question: Question, decision: EventDecision): void {
  terminal.print(terminal.paint("bold", describeQuestion(question)));
  if (question.input.files.length === 0) {
    terminal.print(`There is no workflow file in ${question.directories}.`);
    return;
  }
  terminal.print();
  printLines(terminal, explainDecision(decision));
  terminal.print();
  printLines(terminal, [summarize(decision)]);
}

/** Given by its path or by its file name alone. */
function only({ workflows }: EventDecision, { input }: Question, name: unknown): EventDecision {
  if (typeof name !== "string") return { workflows };
  const wanted = workflows.filter(({ path }) => path === name || path.endsWith(`/${name}`));
  if (wanted.length > 0) return { workflows: wanted };
  throw new CommandError(`no workflow file is called ${name}`, {
    where: `--workflow ${name}`,
    remedy: `There are: ${input.files.map(({ path }) => path).join(", ") || "none"}.`,
    exitCode: 2,
  });
}
