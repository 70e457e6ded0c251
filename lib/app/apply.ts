import { WorldError } from "../core/errors.ts";
import type { World } from "../core/ports.ts";
import { decide } from "../core/run/decide.ts";
import { changedAt, type Effect, isEnded, type Run } from "../core/run/run.ts";
import type { RunEvent } from "../core/run/run-event.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { statusReport } from "../core/run/status-report.ts";
import { limitsOf, profileOf } from "./limits.ts";

const RACES = 5;
/** So long after a change of the run it is worth telling its forge. */
const REPORT_FOR_MS = 3_600_000;

/**
 * Feed one event to one run: load, decide, save, act.
 *
 * Effects are saved with the state, then carried out, then cleared, so a crash between any two lines loses nothing:
 * whoever looks at the run next finds them pending. The event is made anew for each try, from what is really stored.
 *
 * @param eventOf what has happened, given the run as it is; undefined when nothing has
 * @returns the run as it now is; undefined when there is none of that key
 * @throws WorldError retryable when others won every race
 */
export async function apply(
  world: World,
  key: string,
  eventOf: (run: Run) => RunEvent | undefined,
): Promise<Run | undefined> {
  const run = await change(world, key, eventOf);
  return run && settle(world, run);
}

/** Load, decide and save, without acting. */
async function change(
  world: World,
  key: string,
  eventOf: (run: Run) => RunEvent | undefined,
): Promise<Run | undefined> {
  for (let race = 0; race < RACES; race++) {
    const run = await world.runs.get(key);
    if (!run) return undefined;
    const event = eventOf(run);
    const next = event ? decide(run, event, limitsOf(world.config, run)) : run;
    if (next === run) return run;
    const saved = await world.runs.save(next, run.version);
    if (saved.kind === "stale") continue;
    logMove(world, run, saved.run);
    return saved.run;
  }
  throw new WorldError(`run ${key} changed ${RACES} times while it was being written`, { retryable: true });
}

/** Carries out what is pending and clears it. Losing the last write is harmless: effects may run twice. */
export async function settle(world: World, run: Run): Promise<Run> {
  if (run.effects.length === 0) return run;
  const left: Effect[] = [];
  for (const effect of run.effects) if (!(await attempt(world, run, effect))) left.push(effect);
  const settled = decide(run, { kind: "settled", at: world.clock.now(), left }, limitsOf(world.config, run));
  if (settled === run) return run;
  const saved = await world.runs.save(settled, run.version);
  return saved.kind === "saved" ? saved.run : (saved.current ?? settled);
}

/**
 * What can never succeed is told once and given up: it must not keep the run from settling. A word to the forge is a
 * hint, so one that fails holds up nothing else: the sweep repeats it for an hour.
 *
 * @returns whether it is done with
 */
async function attempt(world: World, run: Run, effect: Effect): Promise<boolean> {
  try {
    await carryOut(world, run, effect);
    return true;
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    if (error.retryable && effect.kind !== "report") throw error;
    if (error.retryable && world.clock.now() < changedAt(run) + REPORT_FOR_MS) return false;
    world.log.error("effect given up", { runKey: run.key, effect: effect.kind, error: error.message });
    return true;
  }
}

function logMove(world: World, from: Run, to: Run): void {
  if (from.status === to.status) return;
  const { key, repo, jobName, attempt, reason } = to;
  world.log.info("run moved", {
    runKey: key,
    repo,
    job: jobName,
    from: from.status,
    to: to.status,
    attempt,
    reason: reason.code,
  });
}

/**
 * Do what a run's change asks of the world. May be called twice for one effect, and then changes nothing more.
 */
async function carryOut(world: World, run: Run, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case "wake":
      return world.queue.send({ v: 1, kind: "wake", runKey: run.key }, effect.afterSeconds);
    case "terminate":
      return world.machines.terminate(effect.instanceId, effect.reason);
    case "release":
      return wakeDependants(world, run);
    case "reseat":
      return reseat(world, run, effect);
    case "report":
      return report(world, run);
  }
}

async function wakeDependants(world: World, run: Run): Promise<void> {
  for (const { key, needs } of await world.runs.open(run.scope)) {
    if (needs.some((need) => need.key === run.key)) await world.queue.send({ v: 1, kind: "wake", runKey: key });
  }
}

/**
 * The run that the machine was bound to gives it up and takes the seat that was left, if there was one.
 *
 * That run's own effects are left to a message: two runs that changed places would else carry out each other's for ever.
 */
async function reseat(
  world: World,
  run: Run,
  { instanceId, seat }: Extract<Effect, { kind: "reseat" }>,
): Promise<void> {
  const machine = await world.machineRecords.get(instanceId);
  if (!machine || machine.runKey === run.key) return;
  const at = world.clock.now();
  const displaced = await change(world, machine.runKey, () => ({
    kind: "displaced",
    at,
    instanceId,
    ...(seat && { seat }),
  }));
  if (!displaced) return;
  await bindMachine(world, displaced);
  if (displaced.effects.length > 0) await world.queue.send({ v: 1, kind: "wake", runKey: displaced.key });
}

/** The machine's own record follows, so that its end is told to the run that now counts on it. */
async function bindMachine(world: World, run: Run): Promise<void> {
  const instanceId = instanceOf(run);
  if (instanceId === undefined || isEnded(run)) return;
  const machine = await world.machineRecords.get(instanceId);
  if (machine && machine.runKey !== run.key)
    await world.machineRecords.save({ ...machine, runKey: run.key }, machine.version);
}

/** The forge shows its own verdict on a job that was served; only where it waits for us, or we could not serve it, have we something to say. */
async function report(world: World, run: Run): Promise<void> {
  const feedback = world.forge(run.forge)?.feedback;
  if (!feedback) return;
  const onDemandFallback = profileOf(world.config, run)?.onDemandFallback ?? false;
  const said = statusReport(run, { at: world.clock.now(), onDemandFallback });
  await feedback.status({ id: run.repoId, name: run.repo }, run.sha, said);
}
