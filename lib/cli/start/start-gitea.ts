import { spawnSync } from "node:child_process";
import { delimiter, join, resolve } from "node:path";
import type { Reason } from "../../core/reason.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { forgeAccess } from "../forge/forge-access.ts";
import { probe } from "../forge/forge-failure.ts";
import { runTeller } from "../runs/follow-runs.ts";
import { openForge } from "../world/world-forge.ts";
import { GITEA_NAME, type ServedGitea } from "../world/world-gitea.ts";
import { serve, takeFolder } from "../world/world-serve.ts";
import { rememberServed } from "../world/world-served.ts";

export interface StartGiteaOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
}

/** Serves the jobs of a Gitea on this computer until it is told to stop. */
export async function startGitea(call: Call, options: StartGiteaOptions): Promise<ExitCode> {
  const { terminal } = call;
  const { folder, host, port } = options;
  const trust = call.options.trust === true;
  const access = forgeAccess(call);
  if (access.kind === "github") throw notGithub(access.url);
  const runner = localRunner(call);
  const { version, lacks } = await probe(access, openForge(access));
  const tooOld = lacks.find(({ code }) => code === "gitea-too-old");
  if (tooOld) throw cannotServe(access.url, tooOld.text);

  const gitea: ServedGitea = { url: access.url, tokenFile: access.key.file, runner, trust, image: imageOf(call) };
  const release = await takeFolder(folder);
  try {
    const stop = call.untilInterrupted();
    const serving = await serve({ folder, host, port, programs: call.programs, checkout: call.checkout, gitea });
    try {
      const webhook = `${serving.url}/webhook/${GITEA_NAME}`;
      await rememberServed(folder, { url: gitea.url, tokenFile: gitea.tokenFile, webhook });
      terminal.print(`${terminal.paint("bold", "Dayfly serves")} ${gitea.url} (Gitea ${version})  ${serving.url}/`);
      for (const { text } of lacks) terminal.say(`Note: ${text}.`);
      explain(call, gitea, lacks);
      await runTeller(terminal, serving.world, serving.world.clock.now()).forever(stop);
    } finally {
      terminal.say("Stopping: ending what still runs…");
      await serving.stop();
    }
    return 0;
  } finally {
    release();
  }
}

function explain({ terminal, options }: Call, { trust }: ServedGitea, lacks: readonly Reason[]): void {
  if (trust) terminal.say("Jobs run as processes of this computer, with all that you may do here: --trust.");
  else terminal.say("Jobs run in containers of this computer's Docker.");
  const listed = lacks.every(({ code }) => code !== "no-job-list");
  if (listed) terminal.say("It looks for waiting jobs every 10 seconds; a webhook makes that at once:");
  else terminal.say("It hears of jobs by webhooks alone:");
  terminal.say(`  npx dayfly hooks add owner/name${typeof options.dir === "string" ? ` --dir ${options.dir}` : ""}`);
  terminal.say("Ctrl-C ends Dayfly and leaves nothing running.");
}

/** A name that could be an option of Docker's, or hold a second word, is none. */
function imageOf({ options }: Call): string | undefined {
  const { image, trust } = options;
  if (image === undefined) return undefined;
  const wrong = trust ? "with --trust jobs run in no container" : `${JSON.stringify(image)} is no image's name`;
  if (!trust && /^[a-z0-9][\w./:@-]*$/i.test(String(image))) return String(image);
  const remedy = "Give --image a name such as docker.gitea.com/runner-images:ubuntu-22.04, and not --trust.";
  throw new CommandError(wrong, { where: "--image", remedy, exitCode: 2 });
}

function notGithub(url: string): CommandError {
  return new CommandError("one computer serves a Gitea; jobs of GitHub run on AWS", {
    where: `--url ${url}`,
    remedy: "See docs/aws.md, and `dayfly setup github`.",
    exitCode: 2,
  });
}

function cannotServe(url: string, text: string): CommandError {
  return new CommandError(text, { where: url, remedy: "Upgrade that Gitea.", exitCode: 2 });
}

const names = ["act_runner", "gitea-runner", "gitea_runner"];

/** Path of Gitea's runner, as `--runner` and `--trust` have it. @throws CommandError where it, or the Docker it needs, is not here */
export function localRunner(call: Call): string {
  const { runner, trust } = call.options;
  const path = runnerOf(call, typeof runner === "string" ? runner : undefined);
  if (!trust && !hasDocker(call)) throw noDocker();
  return path;
}

function runnerOf(call: Call, given: string | undefined): string {
  const folders = (call.environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const known = given === undefined ? folders.flatMap((folder) => names.map((name) => join(folder, name))) : [];
  const candidates = given === undefined ? known : [resolve(call.folder, given)];
  const found = candidates.find((path) => spawnSync(path, ["--version"], { timeout: 10_000 }).status === 0);
  if (found) return found;
  throw new CommandError("Gitea's own runner is not here", {
    where: given ?? "act_runner in $PATH",
    remedy: "Get one from https://dl.gitea.com/act_runner/ and name it with --runner.",
    exitCode: 2,
  });
}

/** As the runner will find it: a machine inherits no DOCKER_HOST, so only the usual socket counts. */
function hasDocker({ environment }: Call): boolean {
  const env = { PATH: environment.PATH };
  return spawnSync("docker", ["version", "--format", "x"], { timeout: 10_000, stdio: "ignore", env }).status === 0;
}

function noDocker(): CommandError {
  return new CommandError("jobs run in containers, and there is no Docker here, at its usual socket", {
    where: "docker version",
    remedy:
      "Start Docker, or let jobs run as processes of this computer with --trust: whoever may push can then do what you can.",
    exitCode: 2,
  });
}
