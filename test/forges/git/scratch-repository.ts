import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Files = Readonly<Record<string, string | null>>;

/** A repository in a temporary folder that tests fill; `git` answers with what it printed. */
export interface ScratchRepository {
  readonly path: string;
  git(...argv: string[]): string;
  /** As `git`, with something on its standard input. */
  feed(input: string, ...argv: string[]): string;
  /** Writes (or with null removes) files, commits everything, and answers with the new commit's id. */
  commit(files: Files, message?: string): string;
  remove(): void;
}

/** A checkout with an empty `main`. The user's own configuration has no say in it. */
export function scratchRepository(): ScratchRepository {
  const path = mkdtempSync(join(tmpdir(), "dayfly-git-"));
  const git = (...argv: string[]) => runGitIn(path, argv);
  git("init", "--quiet", "--initial-branch=main");
  return {
    path,
    git,
    feed: (input, ...argv) => runGitIn(path, argv, input),
    commit(files, message = "a change") {
      for (const [name, text] of Object.entries(files)) {
        if (text === null) git("rm", "--quiet", "--", name);
        else writeIn(path, name, text);
      }
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A bare repository in a temporary folder. */
export function scratchBare(): { path: string; git(...argv: string[]): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "dayfly-bare-"));
  runGitIn(path, ["init", "--quiet", "--bare", "--initial-branch=main"]);
  return {
    path,
    git: (...argv) => runGitIn(path, argv),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export function writeIn(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function runGitIn(cwd: string, argv: readonly string[], input = ""): string {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
  };
  return execFileSync("git", argv, { cwd, env, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] }).trimEnd();
}
