import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Text of a file, `null` to remove it, or a content with a mode: 100755, 120000 (link), 160000 (submodule: its text is a commit id). */
export type FileChange = string | null | { readonly mode: string; readonly text: string };

export interface CommitPlan {
  /** How later steps call it. */
  readonly name: string;
  /** Names of its parents; none: a root commit. */
  readonly from?: readonly string[];
  readonly files?: Readonly<Record<string, FileChange>>;
  readonly message?: string;
}

export interface ScratchRepository {
  /** Id of a commit that was planned. */
  idOf(name: string): string;
  /** Makes an annotated tag object, not yet pushed; hands back its id. */
  annotate(tag: string, commit: string): string;
  /** `git push` with refspecs such as `<id>:refs/heads/main` or `:refs/heads/gone`. */
  push(url: string, refspecs: readonly string[]): void;
  /** Runs git; hands back what it prints, without white space around. */
  git(...argv: readonly string[]): string;
  /** Like `git`, to the last byte. */
  raw(...argv: readonly string[]): string;
  has(object: string): boolean;
  /** Writes a blob; hands back its id. */
  write(text: string): string;
  /** Writes a tree of lines as `git mktree` takes them; hands back its id. */
  tree(lines: string): string;
  dispose(): void;
}

const DATE = "1790000000 +0000";

/** Commits with fixed authors and dates, so the same plan has the same ids everywhere. */
export function scratchRepository(commits: readonly CommitPlan[]): ScratchRepository {
  const directory = mkdtempSync(join(tmpdir(), "dayfly-scratch-"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_COMMITTER_NAME: "ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
    GIT_COMMITTER_DATE: DATE,
    GIT_AUTHOR_NAME: "ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_AUTHOR_DATE: DATE,
  };
  const raw = (argv: readonly string[], input = ""): string =>
    execFileSync("git", ["-C", directory, ...argv], { encoding: "utf8", env, input, stdio: "pipe" });
  const run = (argv: readonly string[], input = ""): string => raw(argv, input).trim();
  const git = (...argv: readonly string[]): string => run(argv);
  git("init", "-q", "--bare", "-b", "main");
  const imported = spawnSync("git", ["-C", directory, "fast-import", "--quiet"], { input: streamOf(commits), env });
  if (imported.status !== 0) throw new Error(`git fast-import: ${imported.stderr.toString("utf8")}`);
  const ids = new Map(commits.map(({ name }) => [name, git("rev-parse", `refs/scratch/${name}`)]));

  return {
    idOf(name) {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`no commit ${name}`);
      return id;
    },
    annotate(tag, commit) {
      git("tag", "-f", "-a", "-m", `about ${tag}`, tag, commit);
      return git("rev-parse", `refs/tags/${tag}`);
    },
    push(url, refspecs) {
      git("push", "-q", "--force", url, ...refspecs);
    },
    git,
    raw: (...argv) => raw(argv),
    has: (object) => spawnSync("git", ["-C", directory, "cat-file", "-e", object], { env }).status === 0,
    write: (text) => run(["hash-object", "-w", "--stdin"], text),
    tree: (lines) => run(["mktree"], lines),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function streamOf(commits: readonly CommitPlan[]): Buffer {
  const marks = new Map(commits.map(({ name }, index) => [name, index + 1]));
  const parts: string[] = [];
  for (const { name, from = [], files = {}, message = name } of commits) {
    parts.push(`commit refs/scratch/${name}\nmark :${marks.get(name)}\n`);
    parts.push(`author ada <ada@example.com> ${DATE}\ncommitter ada <ada@example.com> ${DATE}\n${blob(message)}`);
    for (const [index, parent] of from.entries()) {
      parts.push(`${index === 0 ? "from" : "merge"} :${marks.get(parent)}\n`);
    }
    for (const [path, change] of Object.entries(files)) parts.push(fileLine(path, change));
    parts.push("\n");
  }
  return Buffer.from(parts.join(""));
}

function fileLine(path: string, change: FileChange): string {
  const quoted = JSON.stringify(path);
  if (change === null) return `D ${quoted}\n`;
  const { mode, text } = typeof change === "string" ? { mode: "100644", text: change } : change;
  return mode === "160000" ? `M 160000 ${text} ${quoted}\n` : `M ${mode} inline ${quoted}\n${blob(text)}`;
}

function blob(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
