/**
 * Two classes of error, split by who can mend it. Everything else that is thrown is a bug:
 * nobody catches it, the queue tries again, and in the end the dead letters raise an alarm.
 */

/** A place in a text file; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing wrong in one file: `build.yml:12:7 jobs.test.needs: no job is named "lint"`. */
export interface Problem {
  readonly file: string;
  readonly at?: Position;
  /** Dotted place inside the document, such as `jobs.test.needs`. */
  readonly place?: string;
  readonly text: string;
}

/** The user can mend it: a wrong file, an unknown name. Never retried. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** All problems at once, each placed. */
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.problems = problems;
  }
}

/**
 * The outside world failed: throttling, a forge that is down, a lost race.
 * `retryable` decides the message's fate; `retryAfterSeconds` is the world's own wish, where it stated one.
 */
export class WorldError extends Error {
  override readonly name = "WorldError";
  readonly retryable: boolean;
  readonly retryAfterSeconds?: number;
  /** HTTP status of the answer that was no success; absent where none came. */
  readonly status?: number;

  constructor(
    message: string,
    options: { retryable: boolean; retryAfterSeconds?: number; status?: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    if (options.status !== undefined) this.status = options.status;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** `build.yml:12:7 jobs.test.needs: no job is named "lint"` */
export function formatProblem({ file, at, place, text }: Problem): string {
  const where = at ? `${file}:${at.line}:${at.column}` : file;
  return place ? `${where} ${place}: ${text}` : `${where} ${text}`;
}
