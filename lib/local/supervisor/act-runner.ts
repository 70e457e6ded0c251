import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ExitReport } from "../../core/ports.ts";
import type { MachineFile } from "../machine/machine-folder.ts";
import { runsWith, signal as send, stampedProcesses } from "../machine/processes.ts";
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
  /** Of the runner, and of jobs that run as processes of this computer: the runner hands all of it on to those. */
  readonly env: Readonly<Record<string, string>>;
}

const graceMilliseconds = 8_000;
const roundMilliseconds = 500;

/**
 * Gitea's own runner, for one job. It is ephemeral: it ends by itself after its job, whatever came of that.
 *
 * It has no idle limit of its own, so it is ended when it has taken no job within ours.
 */
export async function runActRunner(
  { folder, machine, runnerFile, idleSeconds, confined, env }: ActRunnerCall,
  log: MachineLog,
  stop: AbortSignal,
): Promise<Omit<ExitReport, "bootId">> {
  const { actRunner } = machine;
  if (actRunner === undefined) {
    log.say("this machine was launched without the program that serves a Gitea");
    return { cause: "boot-failed", code: 78 };
  }
  const job = jobWatch(log);
  const { instanceId } = machine;
  const config = await writeConfig(folder, instanceId, runnerFile);
  const runner = runRunner(
    {
      argv: [...confined, actRunner, "daemon", "--config", config],
      cwd: join(folder, "work"),
      env,
      order: {},
    },
    job.log,
  );
  const end = (): void => void endRunner(runner.pid, instanceId, basename(config));
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
async function writeConfig(folder: string, instanceId: string, runnerFile: string): Promise<string> {
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
  const file = join(place, `${instanceId}.yaml`);
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/**
 * Asks the runner to end, then makes it.
 *
 * It tells its forge how the job ended as soon as nobody holds the job's output open; of the job's processes it ends the first one
 * only, so we end the others. A job whose end nobody tells is known to Gitea a quarter of an hour later.
 *
 * @param config name of the file that stands in the command lines of the runner and of what confines it
 */
async function endRunner(pid: number | undefined, instanceId: string, config: string): Promise<void> {
  if (pid === undefined) return;
  send(-pid, "SIGTERM");
  setTimeout(() => send(-pid, "SIGKILL"), graceMilliseconds).unref();
  for (let waited = 0; waited < graceMilliseconds; waited += roundMilliseconds) {
    await delay(roundMilliseconds, undefined, { ref: false });
    for (const one of await stampedProcesses(instanceId)) if (!(await runsWith(one, config))) send(one, "SIGKILL");
  }
}
