import { existsSync } from "node:fs";
import { cp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../../forges/git/run-git.ts";

export interface Demo {
  /** The bare repository that Dayfly serves. */
  readonly repository: string;
  /** A clone of it to play in. */
  readonly clone: string;
}

/**
 * A small project with four workflows, as a bare repository and a clone. Made once; found again afterwards.
 *
 * Its first commit is in the bare repository before anybody listens, so that the first push changes one file only.
 *
 * @param files the project's content
 * @param deploys can this computer be a target? Without one the workflow that deploys is left out
 */
export async function makeDemo(folder: string, files: string, deploys: boolean): Promise<Demo> {
  const demo = { repository: join(folder, "repositories", "demo.git"), clone: join(folder, "demo") };
  if (existsSync(demo.repository)) return demo;

  const draft = `${demo.repository}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(demo.clone, { recursive: true, force: true });
  await cp(files, demo.clone, { recursive: true });
  if (!deploys) await rm(join(demo.clone, ".github", "workflows", "page.yml"));
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

/** Changes the greeting of the demo project, in its script and on its page, and pushes that; hands back the new commit. */
export function pushDemo(demo: Demo): Promise<string> {
  const page = '<!doctype html>\n<html lang="en">\n<title>Greet</title>\n<h1>Good morning, World!</h1>\n</html>\n';
  const files = { "src/greeting.txt": "Good morning\n", "page/index.html": page };
  return push(demo, "Greet in the morning", files);
}

/** A page that ends in the middle. */
export function pushBrokenPage(demo: Demo): Promise<string> {
  return push(demo, "Half a page", { "page/index.html": '<!doctype html>\n<html lang="en">\n<h1>Good m' });
}

async function push({ clone }: Demo, message: string, files: Readonly<Record<string, string>>): Promise<string> {
  const git = gitIn(clone);
  for (const [path, text] of Object.entries(files)) await writeFile(join(clone, path), text);
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", message);
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
