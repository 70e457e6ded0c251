import { type Claimed, claim } from "../../lib/app/claim.ts";
import { exit } from "../../lib/app/exit.ts";
import type { Conclusion } from "../../lib/core/event.ts";
import type { ExitReport, World } from "../../lib/core/ports.ts";
import type { Simulation } from "./simulation.ts";

/**
 * The computers: each boots (or not), claims, serves one job and powers itself off, at its deadline at the latest.
 * They know nothing of us but the two addresses of the runner API.
 */
export function startMachines(simulation: Simulation): () => void {
  const { world, chance, between } = simulation;
  // Machines of one image boot in step, and then claim all at once.
  const inStep = chance(0.4) ? between(20, 90) : undefined;
  let started = 0;
  return function look() {
    for (const { instanceId } of world.machines.all().slice(started)) {
      started++;
      void live(simulation, instanceId, inStep);
    }
  };
}

async function live(simulation: Simulation, instanceId: string, inStep: number | undefined): Promise<void> {
  const { time, world, chance, between, checker } = simulation;
  const machine = world.machines.get(instanceId)!;
  const bootId = `boot-of-${instanceId}`;
  time.after((machine.launch.deadline - time.clock.now()) / 1000, () =>
    world.machines.end(instanceId, "its own timer"),
  );
  if (chance(0.08)) time.after(between(0, 2400), () => world.machines.end(instanceId, "taken back"));
  if (chance(0.08)) return; // never comes to claim
  await time.sleep(chance(0.1) ? between(120, 840) : (inStep ?? between(20, 90)));

  const claimed = await claimUntilAnswered(simulation, instanceId, bootId);
  if (!claimed || !alive(simulation, instanceId)) return world.machines.end(instanceId, "no claim");
  checker.registered(instanceId, claimed);
  const report =
    claimed.registration.kind === "builtin"
      ? await serveOwn(simulation, instanceId, claimed)
      : await serveAny(simulation, instanceId, claimed);
  checker.finished(instanceId);
  if (!report || !alive(simulation, instanceId)) return;
  await reportUntilAnswered(simulation, instanceId, { bootId, ...report });
  world.machines.end(instanceId, "done");
}

function alive({ world }: Simulation, instanceId: string): boolean {
  return world.machines.get(instanceId)?.endedAt === undefined;
}

async function claimUntilAnswered(
  simulation: Simulation,
  instanceId: string,
  bootId: string,
): Promise<Claimed | undefined> {
  const { time, between } = simulation;
  for (let tries = 0; tries < 12 && alive(simulation, instanceId); tries++) {
    const answer = await request(simulation, (world) => claim(world, { instanceId }, bootId));
    if (answer?.status === 200) return answer.body;
    if (answer && answer.status !== 503) return undefined;
    await time.sleep(between(5, 25));
  }
  return undefined;
}

/** One request to our API: undefined where the server died, failed or took too long. */
function request<T>({ time, spawn }: Simulation, handle: (world: World) => Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    time.after(30, () => resolve(undefined));
    spawn(async (world) => {
      await handle(world).then(resolve, () => resolve(undefined));
    }, 30);
  });
}

type Report = Omit<ExitReport, "bootId">;

/** The built-in runner: exactly the run that was claimed. */
async function serveOwn(simulation: Simulation, instanceId: string, { runKey }: Claimed): Promise<Report | undefined> {
  const { time, between, chance, checker } = simulation;
  checker.executed(runKey, instanceId);
  await time.sleep(between(5, 600));
  if (!alive(simulation, instanceId)) return undefined;
  const conclusion: Conclusion = chance(0.9) ? "success" : "failure";
  return { cause: "job-done", code: 0, conclusion };
}

/** A forge's runner: any job that fits, or none within the idle limit. */
async function serveAny(
  simulation: Simulation,
  instanceId: string,
  { runner, idleSeconds }: Claimed,
): Promise<Report | undefined> {
  const { time, between, world, deliver, checker } = simulation;
  for (let idle = 0; idle < idleSeconds; idle += 15) {
    if (!alive(simulation, instanceId)) return undefined;
    const picked = world.home.pickUp(runner);
    if (!picked) {
      await time.sleep(15);
      continue;
    }
    deliver({ v: 1, kind: "event", envelope: picked });
    const job = picked.job!;
    checker.executed(`${job.id}/${job.try}`, instanceId);
    await time.sleep(between(5, 600));
    if (!alive(simulation, instanceId)) {
      await time.sleep(between(600, 900)); // the forge gives up a silent runner
      deliver({ v: 1, kind: "event", envelope: world.home.finishJob(job.id, "failure") });
      return undefined;
    }
    deliver({ v: 1, kind: "event", envelope: world.home.finishJob(job.id, "success") });
    return { cause: "job-done", code: 0 };
  }
  return { cause: "idle", code: 0 };
}

async function reportUntilAnswered(simulation: Simulation, instanceId: string, report: ExitReport): Promise<void> {
  const { time } = simulation;
  for (let tries = 0; tries < 3; tries++) {
    const answer = await request(simulation, (world) => exit(world, { instanceId }, report));
    if (answer) return;
    await time.sleep(10);
  }
}
