import { resolve } from "node:path";
import type { EventDecision } from "../../core/plan/decision.ts";
import { planEvent } from "../../core/plan/plan.ts";
import { diffLines, diffWorkflows, type WorkflowDiff } from "../../core/report/diff-workflows.ts";
import { explainDecision, summarize } from "../../core/report/explain.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { printLines } from "../marks.ts";
import { printable } from "../terminal.ts";
import { type Checkout, openCheckout } from "../world/world-checkout.ts";
import { describeQuestion, eventJson, type Question, readQuestion } from "./question.ts";
import { needCommit } from "./question-range.ts";

/** 0: decided; 1: a workflow file is invalid. */
export async function runExplain(call: Call): Promise<ExitCode> {
  const { options, folder } = call;
  return explainCheckout(
    call,
    await openCheckout(resolve(folder, typeof options.repo === "string" ? options.repo : ".")),
  );
}

/** The same for a repository that is open already. */
export async function explainCheckout(call: Call, checkout: Checkout): Promise<ExitCode> {
  const { options, terminal } = call;
  const question = await readQuestion(checkout, options);
  const decision = only(planEvent(question.input), question, options.workflow);
  const paths = decision.workflows.map(({ path }) => path);
  const diff = typeof options.diff === "string" ? await readDiff(checkout, question, options.diff) : undefined;
  const shown = typeof options.workflow === "string" ? diff?.filter(({ path }) => paths.includes(path)) : diff;
  if (options.json) {
    const event = eventJson(question);
    terminal.print(JSON.stringify({ event, ...(shown && { diff: shown }), ...decision }, undefined, 2));
  } else if (shown) tellDiff(call, question, shown, String(options.diff));
  else tell(call, question, decision);
  return decision.workflows.some((workflow) => workflow.decision === "invalid") ? 1 : 0;
}

async function readDiff(checkout: Checkout, { input }: Question, name: string): Promise<readonly WorkflowDiff[]> {
  const { sha } = await needCommit(checkout, name, "--diff");
  const { files } = await checkout.files(sha, input.dialect.forge);
  return diffWorkflows(input, files);
}

function tellDiff({ terminal }: Call, question: Question, diff: readonly WorkflowDiff[], name: string): void {
  terminal.print(terminal.paint("bold", printable(describeQuestion(question))));
  terminal.print();
  if (diff.length === 0) terminal.print(printable(`No workflow file differs from ${name}.`));
  printLines(terminal, diffLines(diff));
}

function tell({ terminal }: Call, question: Question, decision: EventDecision): void {
  terminal.print(terminal.paint("bold", printable(describeQuestion(question))));
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
