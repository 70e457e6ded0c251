import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { type Call, CommandError, type ExitCode } from "./command.ts";
import { runTeller } from "./follow-runs.ts";
import { GITEA_NAME, type ServedGitea } from "./world-gitea.ts";
import { serve, takeFolder } from "./world-serve.ts";

export interface StartGiteaOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly tokenFile: string | undefined;
  readonly runner: string | undefined;
  readonly trust: boolean;
}

/** Serves the jobs of a Gitea on this computer until it is told to stop. */
export async function startGitea(call: Call, options: StartGiteaOptions): Promise<ExitCode> {
  const { terminal } = call;
  const { folder, host, port, url } = options;
  const gitea: ServedGitea = {
    url,
    tokenFile: tokenFileOf(call, options.tokenFile),
    runner: runnerOf(call, options.runner),
    trust: options.trust,
  };
  if (!options.trust && !hasDocker()) throw noDocker();
  const release = await takeFolder(folder);
  try {
    const stop = call.untilInterrupted();
    const serving = await serve({ folder, host, port, programs: call.programs, checkout: call.checkout, gitea });
    try {
      const { version, lacks } = (await serving.world.forge(GITEA_NAME)?.server?.probe()) ?? { version: "", lacks: [] };
      terminal.print(`${terminal.paint("bold", "Dayfly serves")} ${url} (Gitea ${version})  ${serving.url}/`);
      for (const { text } of lacks) terminal.say(`Note: ${text}.`);
      if (options.trust)
        terminal.say("Jobs run as processes of this computer, with all that you may do here: --trust.");
      terminal.say("It looks for waiting jobs every 10 seconds; a webhook makes that at once:");
      terminal.say(`  address ${serving.url}/webhook/${GITEA_NAME}, secret in ${join(folder, "secret")}`);
      terminal.say("Gitea sends webhooks to this computer only where its [webhook] ALLOWED_HOST_LIST allows it.");
      terminal.say("Ctrl-C ends Dayfly and leaves nothing running.");
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

function tokenFileOf(call: Call, given: string | undefined): string {
  const remedy = "Write an API token of a site administrator or of the repositories' owner into a file of mode 600.";
  if (given === undefined) {
    throw new CommandError("a Gitea is served with a token", { where: "--token-file", remedy, exitCode: 2 });
  }
  const file = resolve(call.folder, given);
  if (!existsSync(file)) throw new CommandError("there is no such file", { where: file, remedy, exitCode: 2 });
  if ((statSync(file).mode & 0o077) !== 0) call.terminal.say(`Others may read ${given}: chmod 600 would end that.`);
  return file;
}

const names = ["act_runner", "gitea-runner", "gitea_runner"];

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

function hasDocker(): boolean {
  return spawnSync("docker", ["version", "--format", "x"], { timeout: 10_000, stdio: "ignore" }).status === 0;
}

function noDocker(): CommandError {
  return new CommandError("jobs run in containers, and there is no Docker here", {
    where: "docker version",
    remedy:
      "Start Docker, or let jobs run as processes of this computer with --trust: whoever may push can then do what you can.",
    exitCode: 2,
  });
}
