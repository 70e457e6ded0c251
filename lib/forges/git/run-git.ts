import { execFile } from "node:child_process";
import { WorldError } from "../../core/errors.ts";
import { gitEnvironment, gitOptions } from "../../core/git-command.ts";

export interface GitCall {
  /** Command and arguments; foreign text only behind `refs/`, as an object id, or in `input`. */
  readonly argv: readonly string[];
  /** Given to its standard input. */
  readonly input?: string;
  /** Exit codes that are answers; all others throw. Default: 0 only. */
  readonly answers?: readonly number[];
  /** Default 64 MiB. Beyond it the call throws, or with `cut` hands over what fitted. */
  readonly maxBytes?: number;
  readonly cut?: boolean;
}

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  /** There was more than `maxBytes`. */
  readonly wasCut: boolean;
}

const timeoutMilliseconds = 30_000;
const defaultMaxBytes = 64 << 20;

/**
 * Runs one git command in a repository: without a shell, bounded in time and output.
 *
 * @param directory a bare repository, or a folder inside a checkout
 * @throws WorldError where git is not installed, fails or takes too long
 */
export function runGit(directory: string, call: GitCall): Promise<GitAnswer> {
  const { argv, input, answers = [0], maxBytes = defaultMaxBytes, cut = false } = call;
  const options = {
    env: gitEnvironment(process.env),
    encoding: "buffer" as const,
    maxBuffer: maxBytes,
    timeout: timeoutMilliseconds,
    killSignal: "SIGKILL" as const,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    const child = execFile("git", [...gitOptions, "-C", directory, ...argv], options, (error, stdout, stderr) => {
      const overflowed = error?.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
      if (overflowed && cut) return resolve({ code: 0, stdout, wasCut: true });
      const code = error ? error.code : 0;
      if (typeof code === "number" && answers.includes(code)) return resolve({ code, stdout, wasCut: false });
      reject(failure(directory, argv, { error, stderr, overflowed }));
    });
    // A git that ends early closes its input: the exit code tells why, not the broken pipe.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input ?? "");
  });
}

interface Failed {
  readonly error: (Error & { code?: string | number | null; killed?: boolean }) | null;
  readonly stderr: Buffer;
  readonly overflowed: boolean;
}

function failure(directory: string, argv: readonly string[], { error, stderr, overflowed }: Failed): Error {
  const what = `git ${argv[0] ?? ""} in ${directory}`;
  if (error?.code === "ENOENT") return new WorldError("git is not installed, or not on the PATH", { retryable: false });
  if (overflowed) return new WorldError(`${what} answered with more than we read`, { retryable: false });
  if (error?.killed)
    return new WorldError(`${what} took longer than ${timeoutMilliseconds / 1000} s`, { retryable: true });
  return new WorldError(`${what} failed: ${lastWords(stderr)}`, { retryable: false });
}

/** What git complained of, on one line and without control characters: it may quote foreign names. */
function lastWords(stderr: Buffer): string {
  const line = stderr.toString("utf8").trim().split("\n").at(-1) ?? "";
  return line.replace(/\p{Cc}/gu, "?").slice(0, 300) || "it gave no reason";
}
