import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExitReport } from "../../core/ports.ts";
import { machineEnvironment } from "../machine/machine-environment.ts";
import type { MachineFile } from "../machine/machine-folder.ts";
import { signal as send } from "../machine/processes.ts";
import type { MachineLog } from "./log-file.ts";
import { runRunner } from "./run-runner.ts";

export interface ActRunnerCall {
  readonly folder: string;
  readonly machine: MachineFile;
  /** Content of the runner's own file; secret. */
  readonly runnerFile: string;
  readonly idleSeconds: number;
  /** Command line that confines another one; empty where this system allows none. */
  readonly confined: readonly string[];
}

const graceMilliseconds = 10_000;

/**
 * Gitea's own runner, for one job. It is ephemeral: it ends by itself after its job, whatever came of that.
 *
 * It has no idle limit of its own, so it is ended when it has taken no job within ours.
 */
export async function runActRunner(
  { folder, machine, runnerFile, idleSeconds, confined }: ActRunnerCall,
  log: MachineLog,
  stop: AbortSignal,
): Promise<Omit<ExitReport, "bootId">> {
  const { actRunner } = machine;
  if (actRunner === undefined) {
    log.say("this machine was launched without the program that serves a Gitea");
    return { cause: "boot-failed", code: 78 };
  }
  const job = jobWatch(log);
  const runner = runRunner(
    {
      argv: [...confined, actRunner, "daemon", "--config", await writeConfig(folder, runnerFile)],
      cwd: join(folder, "work"),
      env: machineEnvironment(process.env, folder, machine),
      order: {},
    },
    job.log,
  );
  const end = (): void => endGroup(runner.pid);
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  let idle = false;
  const idleTimer = setTimeout(() => {
    idle = !job.begun();
    if (idle) end();
  }, idleSeconds * 1000);
  const { code } = await runner.ended;
  clearTimeout(idleTimer);
  if (stop.reason === "deadline") {
    log.say(`this machine has reached its deadline, ${new Date(machine.deadline).toISOString()}`);
    return { cause: "deadline", code };
  }
  if (idle) log.say(`no job came within ${idleSeconds} seconds`);
  // Whatever came of its job, the runner itself ends well.
  if (job.begun()) return { cause: code === 0 ? "job-done" : "crashed", code };
  return { cause: idle ? "idle" : "boot-failed", code };
}

/** Passes the runner's words on, and notes the line with which it takes a job: every version since 0.2 prints it. */
function jobWatch(log: MachineLog): { log: MachineLog; begun(): boolean } {
  let tail = "";
  let begun = false;
  return {
    log: {
      ...log,
      write(chunk) {
        tail = (tail + chunk).slice(-8192);
        begun ||= /\btask \d+ repo is /.test(tail);
        log.write(chunk);
      },
    },
    begun: () => begun,
  };
}

/** The runner's files lie outside its job's folders; they go with the machine. */
async function writeConfig(folder: string, runnerFile: string): Promise<string> {
  const place = join(folder, "tmp", "act-runner");
  await mkdir(place, { mode: 0o700, recursive: true });
  await writeFile(join(place, "runner.json"), runnerFile, { mode: 0o600 });
  const config = {
    log: { level: "info" },
    runner: { file: join(place, "runner.json"), capacity: 1, fetch_interval: "1s", fetch_interval_max: "2s" },
    cache: { enabled: false },
    // An image that is here is used: asking the registry for each job takes time, and fails without a network.
    container: { force_pull: false },
    host: { workdir_parent: join(folder, "work") },
  };
  // JSON is YAML.
  await writeFile(join(place, "config.yaml"), JSON.stringify(config), { mode: 0o600 });
  return join(place, "config.yaml");
}

/** Asks the runner and everything in its group to end, then makes them. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  send(-pid, "SIGTERM");
  setTimeout(() => send(-pid, "SIGKILL"), graceMilliseconds).unref();
}
