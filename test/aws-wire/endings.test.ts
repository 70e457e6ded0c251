import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Run } from "../../lib/core/run/run.ts";
import type { PlayedForge } from "../fakes/forges/played-forge.ts";
import type { Cloud, StartedComputer } from "./cloud.ts";
import { type ForgeKind, type Installation, installation } from "./installation.ts";
import { until } from "./until.ts";

/** How machines end other than by finishing their job: by the template, the uploaded code and the machines' own scripts. */
let installed: Installation | undefined;
let forge: PlayedForge;
let aws: Cloud;
/** Variables that the first machine alone has: what is wrong with it. */
let broken: Readonly<Record<string, string>>;

async function install(kind: ForgeKind): Promise<void> {
  installed = await installation(kind, { machineVariables: (before) => (before === 0 ? broken : {}) });
  ({ forge, aws } = installed);
}

beforeEach(() => {
  broken = {};
});
afterEach(async () => {
  await installed?.close();
  installed = undefined;
});

const endless = "while :; do sleep 0.2; done";

const runs = () => aws.table.store.runs.list({ limit: 10 });
const runOf = async (fits: (run: Run) => boolean) => {
  const seen = await until(runs, (all) => all.some(fits));
  return seen.find(fits) as Run;
};
const withStatus = (status: Run["status"]) => runOf((run) => run.status === status);
const allOff = () =>
  until(
    () => aws.account.machines.map(({ id, endedAt }) => ({ id, endedAt })),
    (machines) => machines.length > 0 && machines.every(({ endedAt }) => endedAt !== undefined),
  );

/** The machine that serves the newest job, once it runs. */
async function atWork(): Promise<StartedComputer & { readonly id: string }> {
  const run = await withStatus("running");
  const id = run.status === "running" ? run.instanceId : "";
  const started = aws.computers.get(id);
  if (!started) throw new Error(`${id} was never switched on`);
  return { ...started, id };
}

/** The machine whose runner waits for a job, once it does. */
async function waiting(): Promise<string> {
  await until(
    () => [...aws.computers.values()].map(({ computer }) => computer.log()),
    (logs) => logs.some((log) => log.includes("Claimed a run.")),
  );
  const run = await runOf((one) => one.status === "booting" && one.instanceId !== undefined);
  return run.status === "booting" ? (run.instanceId ?? "") : "";
}

/** Somebody asks the forge for the newest job once more. */
async function rerun(): Promise<void> {
  forge.steps = "true";
  Object.assign(forge.jobs.at(-1) ?? {}, { status: "queued", conclusion: null, runner: undefined });
  await forge.tellJob();
}

describe("5-07 a Spot notice", () => {
  it.each([
    { kind: "gitea", lastWord: false, status: "lost", reason: "machine-spot" },
    { kind: "gitea", lastWord: true, status: "completed", conclusion: "failure" },
    // GitHub removes no runner whose job it takes for running; it does so itself when it gives the job up.
    { kind: "github", lastWord: false, status: "lost", reason: "machine-spot", kept: 1 },
    { kind: "github", lastWord: true, status: "completed", conclusion: "cancelled" },
  ] as const)(
    "during a job of $kind (last word: $lastWord) ends the machine long before it is taken away: $status",
    async ({ kind, lastWord, status, ...rest }) => {
      await install(kind);
      Object.assign(forge, { steps: endless, lastWord });
      await forge.push();
      const machine = await atWork();
      const noticed = Date.now();
      aws.interrupt(machine.id);
      const run = await withStatus(status);
      const [off] = await allOff();
      expect((off?.endedAt ?? 0) - noticed).toBeLessThan(110_000);
      expect(machine.computer.log()).toContain("Spot notice");
      expect(machine.computer.log()).toContain("Reported: spot");
      expect(machine.computer.commands().at(-1)).toBe("shutdown -P now");
      if ("reason" in rest) expect(run.reason.code).toBe(rest.reason);
      if ("conclusion" in rest) expect(run).toMatchObject({ conclusion: rest.conclusion });
      await aws.idle();
      expect(forge.runners()).toHaveLength(rest.kept ?? 0);
      expect(aws.account.machines).toHaveLength(1);
      expect(aws.logs()).toContain("machine will be taken back");
      expect(aws.logs()).not.toContain('"level":"ERROR"');
    },
    180_000,
  );

  it("lets a job that was lost be asked for again: a new run, which names the old one", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    aws.interrupt((await atWork()).id);
    const lost = await withStatus("lost");
    await rerun();
    expect(await withStatus("completed")).toMatchObject({ rerunOf: lost.key, conclusion: "success" });
    await allOff();
    expect(aws.account.machines).toHaveLength(2);
  });

  it("before a job has begun gives the same run another machine, which is no Spot machine", async () => {
    await install("gitea");
    forge.held = true;
    await forge.push();
    aws.interrupt(await waiting());
    await until(
      () => aws.account.machines.length,
      (count) => count === 2,
    );
    forge.held = false;
    const run = await withStatus("completed");
    expect(run).toMatchObject({ attempt: 2, conclusion: "success" });
    expect(run.history.map(({ reason }) => reason).join("\n")).toContain("the provider took it back");
    await allOff();
    expect(aws.account.machines.map(({ market }) => market)).toEqual(["spot", "on-demand"]);
    expect(await runs()).toHaveLength(1);
    expect(forge.runners()).toEqual([]);
  });

  it("that reaches nobody, and a machine taken in the middle of its job: the word of its end is enough", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    aws.account.powerOff((await atWork()).id);
    expect((await withStatus("lost")).reason.code).toBe("machine-gone");
    await aws.idle();
    expect(forge.runners()).toEqual([]);
  });

  it("is another thing than the advice to rebalance: with that a job goes on to its end", async () => {
    await install("gitea");
    forge.held = true;
    await forge.push();
    aws.rebalance(await waiting());
    forge.held = false;
    expect(await withStatus("completed")).toMatchObject({ conclusion: "success", attempt: 1 });
    await allOff();
    expect(aws.account.machines).toHaveLength(1);
    expect(aws.logs()).toContain("machine will be taken back");
  });
});

describe("1-09 a deadline", () => {
  it("that comes during a job: the power-off timer ends the machine, and the row says so", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    const { computer } = await atWork();
    computer.fireTimer();
    expect((await withStatus("timeout")).reason.code).toBe("machine-deadline");
    await allOff();
    expect(computer.log()).toContain("Reported: deadline, code 143.");
    expect(forge.runners()).toEqual([]);
  });

  it("that a machine outlives, its timer broken: the sweep ends it", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    await atWork();
    await aws.sweep();
    expect(aws.account.machines[0]?.endedAt).toBeUndefined();
    aws.later(120);
    await aws.sweep();
    await withStatus("timeout");
    await allOff();
    expect(aws.ec2.calls.map(({ action }) => action)).toContain("TerminateInstances");
    await aws.idle();
    expect(forge.runners()).toEqual([]);
  });
});

describe("1-09 a machine that breaks", () => {
  it("5-07 its runner dies during the job: it powers off, and the row waits for the forge's verdict", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    const { computer } = await atWork();
    computer.killRunner();
    await allOff();
    expect(computer.log()).toContain("The runner has ended: job-done, code 137.");
    await aws.idle();
    expect(await runs()).toMatchObject([{ status: "running", nextAction: "ask the forge how the job ended" }]);

    // Gitea gives up a job whose runner is silent.
    Object.assign(forge.jobs.at(-1) ?? {}, { status: "completed", conclusion: "failure" });
    aws.later(10);
    await aws.sweep();
    expect(await withStatus("completed")).toMatchObject({ conclusion: "failure" });
    expect(aws.account.machines).toHaveLength(1);
  });

  it("1-08 its boot scripts fail before the claim: it powers off, and the next machine does the job", async () => {
    // A file stands where a folder should be made.
    broken = { DAYFLY_STATE: "/dev/null/state" };
    await install("gitea");
    await forge.push();
    await allOff();
    const [first] = [...aws.computers.values()];
    expect(first?.computer.log()).toContain("Reported: boot-failed, code 1.");
    expect(first?.computer.commands().at(-1)).toBe("shutdown -P now");
    aws.later(30);
    await aws.sweep();
    expect(await withStatus("completed")).toMatchObject({ attempt: 2, conclusion: "success" });
    await allOff();
    expect(aws.account.machines).toHaveLength(2);
  });

  it("1-08 its boot scripts fail after the claim: the same run has another machine at once, with no sweep", async () => {
    broken = { DAYFLY_HOME: "/dev/null/home" };
    await install("gitea");
    await forge.push();
    const run = await withStatus("completed");
    await allOff();
    const [first] = [...aws.computers.values()];
    expect(first?.computer.log()).toContain("Reported: boot-failed");
    expect(run).toMatchObject({ attempt: 2, conclusion: "success" });
    expect(run.history.map(({ reason }) => reason).join("\n")).toContain("it did not boot to a runner");
    expect(aws.account.machines).toHaveLength(2);
    expect(forge.runners()).toEqual([]);
  });

  it("it starts a second time during its job: it claims nothing more, and the job is lost", async () => {
    await install("gitea");
    forge.steps = endless;
    await forge.push();
    const { computer } = await atWork();
    computer.restart(randomUUID());
    expect((await withStatus("lost")).reason.code).toBe("machine-boot-failed");
    await allOff();
    expect(computer.log()).toContain("This machine has started a second time; its runner is lost.");
    expect(computer.log().match(/Claimed a run\./g)).toHaveLength(1);
    expect(forge.runners()).toEqual([]);
    expect(aws.account.machines).toHaveLength(1);
  });
});
