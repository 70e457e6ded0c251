import type { Simulation } from "./simulation.ts";

const repo = { id: "7", name: "acme/shop" };

/** People at a forge that sends job events: jobs come, some are cancelled before they begin, some are run again. */
export function jobForge(simulation: Simulation): void {
  const { time, world, between, chance, deliver } = simulation;
  const { home } = world;
  const count = Math.floor(between(3, 9));
  for (let n = 1; n <= count; n++) {
    const id = String(n);
    time.after(between(0, 3600), () => {
      deliver({
        v: 1,
        kind: "event",
        envelope: home.queueJob(repo, {
          id,
          name: `job ${n}`,
          labels: ["ubuntu-latest"],
          headSha: `${n}`.repeat(40).slice(0, 40),
        }),
      });
      if (chance(0.15)) time.after(between(1, 300), () => cancel(id));
      if (chance(0.2)) time.after(between(1800, 5000), () => rerun(id));
    });
  }

  function cancel(id: string): void {
    if (statusOf(id) === "queued") deliver({ v: 1, kind: "event", envelope: home.finishJob(id, "cancelled") });
  }

  function rerun(id: string): void {
    if (statusOf(id) === "completed") deliver({ v: 1, kind: "event", envelope: home.rerunJob(id) });
  }

  function statusOf(id: string): string | undefined {
    return home.jobs().find((job) => job.id === id)?.status;
  }
}
