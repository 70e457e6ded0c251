import { formatProblem, UserError, WorldError } from "../core/errors.ts";
import { CommandError, type ExitCode } from "./command.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Tells a failure in three lines (what, where, what to do) and returns the exit code that belongs to it. */
export function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  const { what, where, remedy, exitCode } = threeLines(error);
  terminal.say(`${terminal.tint("red", "error")} ${printable(what, { lines: true })}`);
  if (where) terminal.say(`where ${printable(where, { lines: true })}`);
  terminal.say(`   do ${printable(remedy)}`);
  return exitCode;
}

interface ThreeLines {
  readonly what: string;
  readonly where: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;
}

function threeLines(error: unknown): ThreeLines {
  if (error instanceof CommandError) return { what: error.message, ...pick(error) };
  if (error instanceof UserError) {
    const where = error.problems.map(formatProblem).join("\n      ");
    return { what: error.message, where, remedy: "Mend what is named above and try again.", exitCode: 2 };
  }
  if (error instanceof WorldError) {
    const cause = error.cause instanceof Error ? error.cause.message : "";
    const remedy = error.retryable
      ? "Check that it can be reached, then try again."
      : "Mend what is named above, then try again.";
    return { what: error.message, where: cause, remedy, exitCode: 3 };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    what: "dayfly itself failed",
    where: stack,
    remedy: "This is a defect: please report the lines above.",
    exitCode: 3,
  };
}

function pick({ where, remedy, exitCode }: CommandError): Omit<ThreeLines, "what"> {
  return { where, remedy, exitCode };
}

/** The system's word for a failed call: `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
