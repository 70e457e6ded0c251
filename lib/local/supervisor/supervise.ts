import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExitReport } from "../../core/ports.ts";
import { machineEnvironment } from "../machine/machine-environment.ts";
import { type MachineFile, markEnded, readMachine, serverUrl, takeCharge } from "../machine/machine-folder.ts";
import { killStamped, signal as send } from "../machine/processes.ts";
import { runActRunner } from "./act-runner.ts";
import { confinement } from "./confinement.ts";
import { type MachineLog, openLog } from "./log-file.ts";
import { runRunner } from "./run-runner.ts";
import { type Claimed, type ServerCalls, serverCalls } from "./server-calls.ts";

/** A machine that nobody gives a job gives up after this. */
const claimPatienceMilliseconds = 600_000;
/** How long a runner that was asked to end may take over it. */
const graceMilliseconds = 2_000;
/** The end of a job is told for so long at least, even past the deadline: nobody else knows how it ended. */
const tellMilliseconds = 60_000;

/** Timers do not count the time that a computer slept: look at the clock this often. */
const longestTimer = 10_000;

/**
 * The whole life of one machine: claim a run, serve it, say how it ended, leave nothing behind.
 *
 * Its deadline holds whatever the server does, and a signal ends it at once.
 */
export async function supervise(folder: string): Promise<void> {
  const machine = readMachine(folder);
  if (!machine || !(await takeCharge(folder, process.pid))) return;
  const log = openLog(join(folder, "log"));
  const interrupted = onSignals();
  const stop = AbortSignal.any([interrupted, atDeadline(machine.deadline)]);
  const calls = serverCalls(() => serverUrl(folder), takeKey(folder));
  const bootId = randomUUID();

  const report = await serve(folder, machine, { bootId, calls, log, stop });
  const left = await killStamped(machine.instanceId);
  if (left.length > 0) log.say(`${left.length} processes of this machine do not end`);
  if (!interrupted.aborted) {
    const until = Math.max(machine.deadline, Date.now() + tellMilliseconds);
    await calls.exit({ bootId, ...report }, until, interrupted);
  }
  const cause = interrupted.aborted ? `ended: ${readReason(folder)}` : report.cause;
  if (interrupted.aborted) log.say(`this machine was ${cause}`);
  log.close();
  await markEnded(folder, cause);
}

interface Life {
  readonly bootId: string;
  readonly calls: ServerCalls;
  readonly log: MachineLog;
  readonly stop: AbortSignal;
}

async function serve(folder: string, machine: MachineFile, life: Life): Promise<Omit<ExitReport, "bootId">> {
  const { bootId, calls, log, stop } = life;
  const until = Math.min(machine.deadline, machine.launchedAt + claimPatienceMilliseconds);
  const outcome = await calls.claim(bootId, until, stop);
  if (outcome.kind !== "claimed") {
    log.say(`no job for this machine: ${outcome.text}`);
    return { cause: outcome.kind === "refused" ? "boot-failed" : "idle", code: 0 };
  }
  const { registration, idleSeconds, machineToken } = outcome.claimed;
  const env = { ...machineEnvironment(process.env, folder, machine), ...(await jobAccess(folder, machineToken)) };
  if (registration.kind === "builtin") return runBuiltin({ folder, machine, env }, outcome.claimed, life);
  if (registration.kind === "gitea") {
    const { runnerFile } = registration;
    const confined = confinement() ?? [];
    return runActRunner({ folder, machine, runnerFile, idleSeconds, confined, env }, log, stop);
  }
  log.say(`machines of this computer have no runner for ${registration.kind}`);
  return { cause: "boot-failed", code: 78 };
}

interface BuiltinCall {
  readonly folder: string;
  readonly machine: MachineFile;
  readonly env: Readonly<Record<string, string>>;
}

async function runBuiltin(
  { folder, machine, env }: BuiltinCall,
  { registration, machineToken, runner: runnerName }: Claimed,
  { log, stop }: Life,
): Promise<Omit<ExitReport, "bootId">> {
  const confined = confinement();
  if (!confined)
    log.say("no PID namespace here: what leaves its session and clears its environment may outlive the job");
  const runner = runRunner(
    {
      argv: [...(confined ?? []), process.execPath, machine.runner],
      cwd: join(folder, "work"),
      env,
      order: { registration, machineToken, runnerName },
    },
    log,
  );
  const stopped = () => endGroup(runner.pid);
  stop.addEventListener("abort", stopped, { once: true });
  if (stop.aborted) stopped();
  const { code, result } = await runner.ended;
  if (stop.reason === "deadline") {
    log.say(`this machine has reached its deadline, ${new Date(machine.deadline).toISOString()}`);
    return { cause: "deadline", code };
  }
  // A runner that ended without a word has served nothing that we could tell of: its job has failed.
  return { cause: "job-done", code, conclusion: result?.conclusion ?? "failure", outputs: result?.outputs ?? {} };
}

/** With what a job asks the deploy API: the address, and the file with its machine's token. */
async function jobAccess(folder: string, machineToken: string): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, "token");
  await writeFile(file, machineToken, { mode: 0o600 });
  return { DAYFLY_API: serverUrl(folder) ?? "", DAYFLY_TOKEN_FILE: file };
}

/** Asks the runner and everything in its group to end, then makes them. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  send(-pid, "SIGTERM");
  setTimeout(() => send(-pid, "SIGKILL"), graceMilliseconds).unref();
}

function onSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => stop.abort("signal"));
  return stop.signal;
}

function atDeadline(deadline: number): AbortSignal {
  const stop = new AbortController();
  const look = (): void => {
    const left = deadline - Date.now();
    if (left <= 0) stop.abort("deadline");
    else setTimeout(look, Math.min(left, longestTimer)).unref();
  };
  look();
  return stop.signal;
}

/** The key is read once and then only in this process: the job finds no file of it. */
function takeKey(folder: string): string {
  const file = join(folder, "key");
  const key = readFileSync(file, "utf8");
  rmSync(file);
  return key;
}

function readReason(folder: string): string {
  try {
    return readFileSync(join(folder, "reason"), "utf8");
  } catch {
    return "by a signal";
  }
}
