import { existsSync } from "node:fs";
import { cp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../forges/git/run-git.ts";

export interface Demo {
  /** The bare repository that Dayfly serves. */
  readonly repository: string;
  /** A clone of it to play in. */
  readonly clone: string;
}

/**
 * A small project with three workflows, as a bare repository and a clone. Made once; found again afterwards.
 *
 * Its first commit is in the bare repository before anybody listens, so that the first push changes one file only.
 *
 * @param files the project's content
 */
export async function makeDemo(folder: string, files: string): Promise<Demo> {
  const demo = { repository: join(folder, "repositories", "demo.git"), clone: join(folder, "demo") };
  if (existsSync(demo.repository)) return demo;

  const draft = `${demo.repository}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(demo.clone, { recursive: true, force: true });
  await cp(files, demo.clone, { recursive: true });
  const git = gitIn(demo.clone);
  await git("init", "--quiet");
  await git("symbolic-ref", "HEAD", "refs/heads/main");
  // Commits need a name, and must not wait for somebody's signing key.
  await git("config", "user.name", "Dayfly demo");
  await git("config", "user.email", "demo@localhost");
  await git("config", "commit.gpgSign", "false");
  await git("config", "push.default", "current");
  await git("remote", "add", "origin", demo.repository);
  await git("add", "--all", "--force");
  await git("commit", "--quiet", "--message", "A project that greets");
  await git("clone", "--quiet", "--bare", demo.clone, draft);
  await rename(draft, demo.repository);
  return demo;
}

/** Changes one file of the demo project and pushes it; hands back the new commit. */
export async function pushDemo({ clone }: Demo): Promise<string> {
  const git = gitIn(clone);
  await writeFile(join(clone, "src", "greeting.txt"), "Good morning\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", "Greet in the morning");
  await git("push", "--quiet", "origin", "main");
  return (await git("rev-parse", "HEAD")).trim();
}

/** An empty bare repository to push to; one that is there stays as it is. */
export async function makeRepository(repository: string): Promise<void> {
  if (existsSync(repository)) return;
  const draft = `${repository}.new`;
  await rm(draft, { recursive: true, force: true });
  const git = gitIn(join(repository, ".."));
  await git("init", "--quiet", "--bare", draft);
  await git("--git-dir", draft, "symbolic-ref", "HEAD", "refs/heads/main");
  await rename(draft, repository);
}

function gitIn(folder: string) {
  return async (...argv: string[]): Promise<string> => (await runGit(folder, { argv })).stdout.toString("utf8");
}
