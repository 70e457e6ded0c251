import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { scratchRepository } from "../fakes/scratch-repository.ts";
import { type GiteaServer, giteaServer } from "./gitea-server.ts";
import { type Dayfly, dayflyFor } from "./served/dayfly.ts";
import { type GiteaPage, giteaPage } from "./served/gitea-page.ts";
import { ownGitea } from "./served/own-gitea.ts";
import { check, eventually, processes, runners, type Stage } from "./served/stage.ts";
import { deployStories } from "./served/stories-deploys.ts";
import { failureStories } from "./served/stories-failures.ts";
import { jobStories } from "./served/stories-jobs.ts";
import type { Story } from "./served/story.ts";

const usage = `usage: npm run test:gitea:served -- --runner PATH (--gitea PATH [--static-root DIR] | --url URL --token-file FILE) [--only WORD]
  --gitea        a Gitea program; it is started in a folder of its own, and ended
  --static-root  Gitea's templates, for a program that was built without them
  --url          a server that runs already; what needs its page or a restart is skipped`;

/** What the stories are played on. */
interface Ground {
  readonly server: GiteaServer;
  readonly tokenFile: string;
  readonly runner: string;
  readonly page?: GiteaPage;
  readonly restart?: Stage["restart"];
}

/** What runs now, for a proof that is interrupted. */
let playing: Dayfly | undefined;

/** A real Gitea and its real runner, served by `dayfly start --url`: every story has to end as it says, on both sides. */
export async function main(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { url: text, "token-file": text, gitea: text, "static-root": text, runner: text, only: text },
  });
  const { url, "token-file": tokenFile, gitea, runner, only = "" } = values;
  if (!runner || (gitea === undefined) === (url === undefined) || (url !== undefined && !tokenFile)) {
    say(usage);
    return 2;
  }
  const own = gitea === undefined ? undefined : await ownGitea(resolve(gitea), values["static-root"]);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void Promise.all([playing?.dispose(), own?.dispose()]).finally(() => process.exit(130)));
  }
  try {
    await own?.start();
    const file = resolve(own?.tokenFile ?? tokenFile ?? "");
    const server = await giteaServer(own?.url ?? url ?? "", readFileSync(file, "utf8").trim());
    return await playAll(
      {
        server,
        tokenFile: file,
        runner: resolve(runner),
        ...(own ? { page: giteaPage(server, own.password), restart: own } : {}),
      },
      [...jobStories, ...failureStories, ...deployStories].filter(({ title }) => title.includes(only)),
    );
  } finally {
    await own?.dispose();
  }
}

async function playAll(ground: Ground, stories: readonly Story[]): Promise<number> {
  const count = { ok: 0, failed: 0, skipped: 0 };
  for (const story of stories) {
    const began = Date.now();
    const { word, text } = await play(ground, story);
    count[word] += 1;
    say(`${word.padEnd(7)} ${story.title} (${((Date.now() - began) / 1000).toFixed(0)} s)${text ? `\n  ${text}` : ""}`);
  }
  say(`Gitea ${ground.server.version}: ${count.ok} ok, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed === 0 && count.ok > 0 ? 0 : 1;
}

type Outcome = { readonly word: "ok" | "failed" | "skipped"; readonly text?: string };

async function play({ server, tokenFile, runner, page, restart }: Ground, story: Story): Promise<Outcome> {
  const repository = `dayfly-served-${randomBytes(4).toString("hex")}`;
  await server.createRepository(repository);
  const scratch = scratchRepository(story.commits);
  const dayfly = dayflyFor({ url: server.url, tokenFile, runner });
  playing = dayfly;
  const stage: Stage = {
    server,
    repository,
    scratch,
    dayfly,
    ...(page ? { page } : {}),
    ...(restart ? { restart } : {}),
  };
  try {
    const skip = story.skip?.(stage);
    if (skip !== undefined) return { word: "skipped", text: skip };
    await story.play(stage);
    await leavesNothing(stage);
    return { word: "ok" };
  } catch (error) {
    return { word: "failed", text: `${error instanceof Error ? error.message : error}\n${dayfly.talk()}` };
  } finally {
    await dayfly.dispose();
    scratch.dispose();
    await server.deleteRepository(repository).catch(() => undefined);
  }
}

/** How every story ends: no registration at Gitea, no process here, no message given up. */
async function leavesNothing(stage: Stage): Promise<void> {
  const { dayfly } = stage;
  await eventually("no registration is left while it serves", async () => (await runners(stage)).length === 0);
  const code = await dayfly.stop();
  check(code === 0, `dayfly start ends well on Ctrl-C: ${code}`);
  check((await runners(stage)).length === 0, "no registration is left when it has ended");
  check(processes("", dayfly.folder).length === 0, "no process is left");
  const log = existsSync(`${dayfly.folder}/dayfly.log`) ? readFileSync(`${dayfly.folder}/dayfly.log`, "utf8") : "";
  check(!log.includes("message is poison"), "no message was given up");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
