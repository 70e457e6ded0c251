import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Call, CommandError } from "./command.ts";
import { errorCode } from "./failure.ts";

/** A file with a secret: where it was named, and how to make one. */
interface PrivateFile {
  /** As the person typed it. */
  readonly given: string;
  /** `--token-file` */
  readonly option: string;
  /** What belongs into it, as a sentence. */
  readonly wanted: string;
}

/**
 * The path of a file that holds a secret and nothing else.
 *
 * @throws CommandError where there is none, where it is empty, or where others may read it
 */
export function privateFile(call: Pick<Call, "folder">, { given, option, wanted }: PrivateFile): string {
  const file = resolve(call.folder, given);
  const refuse = (what: string, remedy: string) =>
    new CommandError(what, { where: `${option} ${given}`, remedy, exitCode: 2 });
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw refuse("there is no such file", wanted);
  if ((found.mode & 0o077) !== 0) throw refuse("others may read this file", `chmod 600 ${given} ends that.`);
  try {
    if (readFileSync(file, "utf8").trim() === "") throw refuse("this file is empty", wanted);
  } catch (error) {
    if (errorCode(error) === "EACCES") throw refuse("you may not read this file", "Let its owner give it to you.");
    throw error;
  }
  return file;
}

/** The secret in it, without the line end that editors leave. */
export function secretIn(file: string): string {
  return readFileSync(file, "utf8").trim();
}
