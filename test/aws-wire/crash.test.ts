import { describe, expect, it } from "@jest/globals";
import { type CrashBench, type CrashOptions, crashBench } from "./crash-bench.ts";

/** What stands at the end, whatever happened before. */
async function outcome({ account, runs }: CrashBench) {
  const rows = (await runs()).map((run) =>
    "instanceId" in run ? `${run.job}: ${run.status}` : `${run.job}: no machine`,
  );
  const living = account.machines.filter(({ endedAt }) => endedAt === undefined).length;
  return { machines: account.machines.length, living, rows: rows.sort() };
}

async function undisturbed(options: CrashOptions) {
  const bench = await crashBench(options);
  try {
    bench.tap.reset();
    await bench.poll();
    const calls = [...bench.tap.calls];
    await bench.live(20);
    return { calls, outcome: await outcome(bench) };
  } finally {
    await bench.close();
  }
}

async function crashed(options: CrashOptions, call: number, when: "before" | "after") {
  const bench = await crashBench(options);
  try {
    bench.tap.reset();
    bench.tap.dieAt(call, when);
    await bench.poll().catch(() => undefined);
    bench.tap.reset();
    await bench.live(20);
    return await outcome(bench);
  } finally {
    await bench.close();
  }
}

/** Between them, EC2's two documented answers to a used token, fast and slow machines, and a sweep that is lost. */
const worlds: readonly CrashOptions[] = [
  { replay: "same-fleet", bootMinutes: 1, sweepAfter: 3 },
  { replay: "error", bootMinutes: 4, sweepAfter: 4 },
  { replay: "error", bootMinutes: 10, sweepAfter: 7 },
];

describe("6-02 a dispatcher that dies at a call", () => {
  it.each(worlds)(
    "leaves the same machines as one that does not: $replay, boot $bootMinutes, sweep after $sweepAfter",
    async (options) => {
      const calm = await undisturbed(options);
      expect(calm.outcome).toEqual({ machines: 2, living: 2, rows: ["one: booting", "two: booting"] });
      expect(calm.calls.filter(({ operation }) => operation === "CreateFleet")).toHaveLength(1);

      const wrong: unknown[] = [];
      for (const [place, { service, operation }] of calm.calls.entries()) {
        for (const when of ["before", "after"] as const) {
          const found = await crashed(options, place, when);
          if (JSON.stringify(found) !== JSON.stringify(calm.outcome))
            wrong.push({ call: `${place} ${when} ${service} ${operation}`, ...found });
        }
      }
      process.stdout.write(`${calm.calls.length * 2} crashes: ${JSON.stringify(options)}\n`);
      expect(wrong).toEqual([]);
    },
    900_000,
  );
});
