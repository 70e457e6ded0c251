import { describe, expect, it } from "@jest/globals";
import type { ExitCause } from "../../../lib/core/run/machine.ts";
import { type ForgeWord, verdictOf } from "../../../lib/core/run/verdict.ts";

const causes: readonly ExitCause[] = ["job-done", "idle", "spot", "deadline", "boot-failed", "crashed", "gone"];
const words: readonly ForgeWord[] = [
  { kind: "queued" },
  { kind: "waiting" },
  { kind: "in_progress" },
  { kind: "completed", conclusion: "success" },
  { kind: "gone" },
  { kind: "silent" },
];

/** Exit cause × what the forge says → status. Rows are causes, columns the forge's words. */
describe("what a machine's end means for its run", () => {
  it("is this, where the job had begun", () => {
    expect(table(true)).toBe(`
            queued    waiting   in_progress completed gone      silent
job-done    retry     retry     ask-again   completed cancelled completed
idle        retry     retry     lost        completed cancelled lost
spot        retry     retry     lost        completed cancelled lost
deadline    retry     retry     timeout     completed cancelled timeout
boot-failed retry     retry     lost        completed cancelled lost
crashed     retry     retry     lost        completed cancelled lost
gone        retry     retry     lost        completed cancelled lost
`);
  });

  it("is this, where the job had not begun", () => {
    expect(table(false)).toBe(`
            queued    waiting   in_progress completed gone      silent
job-done    retry     retry     ask-again   completed cancelled completed
idle        retry     retry     lost        cancelled cancelled cancelled
spot        retry     retry     lost        cancelled cancelled retry
deadline    retry     retry     timeout     cancelled cancelled retry
boot-failed retry     retry     lost        cancelled cancelled retry
crashed     retry     retry     lost        cancelled cancelled retry
gone        retry     retry     lost        cancelled cancelled retry
`);
  });
});

function table(begun: boolean): string {
  const head = line(
    "",
    words.map(({ kind }) => kind),
  );
  const rows = causes.map((cause) =>
    line(
      cause,
      words.map((word) => verdictOf(cause, word, begun)),
    ),
  );
  return `\n${[head, ...rows].join("\n")}\n`;
}

function line(first: string, cells: readonly string[]): string {
  return [first.padEnd(11), ...cells.map((cell, n) => cell.padEnd(n === 2 ? 11 : 9))].join(" ").trimEnd();
}
