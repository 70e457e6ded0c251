import { execFile } from "node:child_process";
import { WorldError } from "../../core/errors.ts";
import { gitEnvironment, gitOptions } from "../../core/git-command.ts";

const timeoutMilliseconds = 300_000;

/** Runs git without a shell; arguments of foreign origin are full object ids, or begin with `refs/`. */
export function git(directory: string, argv: readonly string[], maxBytes = 1 << 20): Promise<string> {
  const options = {
    env: gitEnvironment(process.env),
    encoding: "utf8" as const,
    maxBuffer: maxBytes,
    timeout: timeoutMilliseconds,
    killSignal: "SIGKILL" as const,
  };
  return new Promise((resolve, reject) => {
    execFile("git", [...gitOptions, "-C", directory, ...argv], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = stderr.trim().split("\n").at(-1) ?? "";
      reject(new WorldError(`git ${argv[0]} failed: ${said || error.message}`, { retryable: false, cause: error }));
    });
  });
}
