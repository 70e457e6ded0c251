import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createFolder, instanceIdOf } from "../../lib/local/machine/machine-folder.ts";
import { stampedProcesses } from "../../lib/local/machine/processes.ts";
import { localMachines } from "../../lib/local/machines.ts";
import { eventually } from "./eventually.ts";
import { localLaunch, type MachinesWorld, machinesWorld } from "./machines-bench.ts";

let world: MachinesWorld;
beforeEach(async () => {
  world = await machinesWorld();
});
afterEach(() => world.close());

async function started(token: string, job: string, facts = {}): Promise<string> {
  world.job = `${job}\n`;
  const launch = localLaunch(token, facts);
  await world.machines.launch(launch);
  return instanceIdOf(token, 0);
}

function stateOf(instanceId: string): Promise<string | undefined> {
  return world.machines.list().then((all) => all.find((one) => one.instanceId === instanceId)?.state);
}

const ended = (instanceId: string) =>
  eventually(`the end of ${instanceId}`, async () => (await stateOf(instanceId)) === "ended");

const says = (instanceId: string, text: string) =>
  eventually(
    `"${text}" in the log`,
    () => existsSync(join(world.folder, instanceId, "log")) && world.log(instanceId).includes(text),
  );

const exits = () => world.calls.filter(({ path }) => path === "/runner/exit").map(({ body }) => body);

describe("a machine of this computer", () => {
  it("claims with its key, serves its job, reports, and ends", async () => {
    const instanceId = await started("a", "echo hello from the job");

    await ended(instanceId);

    const [claim, exit] = world.calls;
    expect(claim?.path).toBe("/runner/claim");
    expect(claim?.key.startsWith(`${instanceId}.`)).toBe(true);
    expect(exit?.body).toEqual({
      bootId: claim?.body.bootId,
      cause: "job-done",
      code: 0,
      conclusion: "success",
      outputs: {},
    });
    expect(world.log(instanceId)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z hello from the job$/m);
  });

  it("reports a job that failed", async () => {
    await ended(await started("a", "exit 3"));

    expect(exits()).toMatchObject([{ cause: "job-done", code: 3, conclusion: "failure" }]);
  });

  it("reports a runner that died without a word as a failure", async () => {
    await ended(await started("a", "kill -9 $PPID"));

    expect(exits()).toMatchObject([{ cause: "job-done", conclusion: "failure" }]);
  });

  it("comes again when the server cannot see it yet", async () => {
    world.refusals.push(503, 503);

    await ended(await started("a", "true"));

    expect(world.calls.map(({ path }) => path)).toEqual([...Array(3).fill("/runner/claim"), "/runner/exit"]);
    expect(new Set(world.calls.map(({ body }) => body.bootId)).size).toBe(1);
  });

  it.each([403, 409])("ends when its claim is refused with %d", async (status) => {
    world.refusals.push(status);

    await ended(await started("a", "echo never"));

    expect(exits()).toMatchObject([{ cause: "boot-failed" }]);
  });

  it("keeps its report until the server is back, at whatever port", async () => {
    const instanceId = await started("a", "while ! test -e ../../go; do sleep 0.05; done");
    await eventually("the claim", () => world.calls.length > 0);
    await world.stopServer();
    writeFileSync(join(world.folder, "go"), "");
    await eventually("the end of the job", async () => (await stampedProcesses(instanceId)).length === 1);

    await world.startServer();

    await ended(instanceId);
    expect(exits()).toMatchObject([{ cause: "job-done", conclusion: "success" }]);
  });

  it("ends at its deadline though its job goes on and no server is there", async () => {
    const instanceId = await started("a", "echo began; trap '' TERM; sleep 1000", { deadline: Date.now() + 20_000 });
    await says(instanceId, "began");
    await world.stopServer();

    await says(instanceId, "has reached its deadline");
    await eventually("nothing but the supervisor", async () => (await stampedProcesses(instanceId)).length <= 1);

    await world.startServer();
    await ended(instanceId);
    expect(exits()).toMatchObject([{ cause: "deadline" }]);
  });

  it("gives its job folders of its own and nothing of our environment", async () => {
    process.env.DAYFLY_TEST_SECRET = "marker-secret";
    const instanceId = await started("a", 'env; echo "in $(pwd)"; touch "$HOME/h" "$TMPDIR/t" w').finally(() => {
      delete process.env.DAYFLY_TEST_SECRET;
    });

    await ended(instanceId);

    const log = world.log(instanceId);
    expect(log).not.toContain("marker-secret");
    expect(log).toContain(`HOME=${join(world.folder, instanceId, "home")}`);
    expect(log).toContain(`in ${join(world.folder, instanceId, "work")}`);
    expect(log).toContain(`DAYFLY_MACHINE=${instanceId}`);
    expect(log).toContain("DAYFLY_LAUNCH=launch-a");
    expect(readdirSync(join(world.folder, instanceId)).sort()).toEqual(["ended", "log", "machine.json", "supervisor"]);
  });

  it.each(["builtin", "gitea"] as const)("tells a job of the %s runner where and as whom to deploy", async (runner) => {
    world.runner = runner;
    const script = 'echo "at $DAYFLY_API as $(cat "$DAYFLY_TOKEN_FILE")"; stat -c "mode %a" "$DAYFLY_TOKEN_FILE"; env';
    const instanceId = await started("a", script);

    await ended(instanceId);

    expect(world.log(instanceId)).toMatch(/at http:\/\/127\.0\.0\.1:\d+ as machine-token$/m);
    expect(world.log(instanceId)).toContain("mode 600");
    expect(world.log(instanceId)).not.toMatch(/=machine-token/);
    expect(existsSync(join(world.folder, instanceId, "token"))).toBe(false);
  });

  it("hides its key from its job, from arguments and from the environment", async () => {
    const script = 'ls ../; ps -eo args 2>/dev/null; cat ../machine.json; cat /proc/*/cmdline | tr "\\0" " "; env';
    const instanceId = await started("a", script);

    await ended(instanceId);

    const secret = world.calls[0]?.key.split(".")[1] ?? "no key";
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(world.log(instanceId)).not.toContain(secret);
    expect(world.log(instanceId)).not.toMatch(/Z key$/m);
  });
});

describe("launching", () => {
  it("is healed when it crashed between folder and start", async () => {
    const launch = localLaunch("a");
    const instanceId = instanceIdOf("a", 0);
    const machine = { instanceId, launchId: launch.id, launchedAt: Date.now(), deadline: launch.deadline };
    const key = `${instanceId}.${"f".repeat(64)}`;
    await createFolder(join(world.folder, instanceId), { ...machine, keyHash: "", runner: "/nowhere" }, key);
    expect(await stateOf(instanceId)).toBe("pending");

    await world.restarted().launch(launch);

    await ended(instanceId);
  });

  it("serves one job though started twice from different dispatchers", async () => {
    const launch = localLaunch("a");
    await Promise.all([
      world.machines.launch(launch),
      world.restarted().launch(launch),
      world.restarted().launch(launch),
    ]);

    await ended(instanceIdOf("a", 0));

    expect(world.calls.map(({ path }) => path)).toEqual(["/runner/claim", "/runner/exit"]);
  });

  it("leaves nothing that other users can read", async () => {
    const instanceId = await started("a", "true");

    await ended(instanceId);

    expect(statSync(join(world.folder, instanceId)).mode & 0o077).toBe(0);
  });
});

describe("the one-time key", () => {
  it("names its machine while that lives, and nothing else does", async () => {
    const instanceId = await started("a", "sleep 1000");
    await eventually("the claim", () => world.calls.length > 0);
    const key = world.calls[0]!.key;

    expect(world.machines.identify(key)).toBe(instanceId);
    expect(world.restarted().identify(key)).toBe(instanceId);
    expect(world.machines.identify(`${key}0`)).toBeUndefined();
    expect(world.machines.identify(`${instanceId}.`)).toBeUndefined();
    for (const foreign of ["", ".", "../../etc/passwd.x", "local-0123456789abcdef-0.x"]) {
      expect(world.machines.identify(foreign)).toBeUndefined();
    }
    await world.machines.terminate(instanceId, "test");
    expect(world.machines.identify(key)).toBeUndefined();
  });
});

describe("a dispatcher that starts again", () => {
  it("finds what still runs, and can end it", async () => {
    const instanceId = await started("a", "echo began; sleep 1000");
    await says(instanceId, "began");

    const again = world.restarted();
    expect(await again.list()).toMatchObject([{ instanceId, launchId: "launch-a", state: "running" }]);
    await again.terminate(instanceId, "cancelled by ada");

    expect(await again.list()).toMatchObject([{ instanceId, state: "ended" }]);
    expect(world.log(instanceId)).toContain("this machine was ended: cancelled by ada");
    expect(await stampedProcesses(instanceId)).toEqual([]);
  });

  it("finds it too when it spells the folder's path in another way", async () => {
    const instanceId = await started("a", "echo began; sleep 1000");
    await says(instanceId, "began");
    const linked = `${world.folder}-linked`;
    symlinkSync(world.folder, linked);

    const again = localMachines({ folder: linked, programs: { supervisor: "", runner: "" } });

    expect(await again.list()).toMatchObject([{ instanceId, state: "running" }]);
    await again.terminate(instanceId, "test");
    expect(await stampedProcesses(instanceId)).toEqual([]);
  });

  it("ends what a killed supervisor left", async () => {
    const instanceId = await started("a", "echo began; setsid sleep 1000 & sleep 1000");
    await says(instanceId, "began");
    const { pid } = JSON.parse(readFileSync(join(world.folder, instanceId, "supervisor"), "utf8"));
    process.kill(pid, "SIGKILL");

    await ended(instanceId);

    expect(await stampedProcesses(instanceId)).toEqual([]);
  });
});

/** A `unshare` that fails, as on systems that allow no namespaces. */
function withoutNamespaces(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-path-"));
  writeFileSync(join(folder, "unshare"), "#!/bin/sh\nexit 1\n");
  chmodSync(join(folder, "unshare"), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  return () => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  };
}

const stubborn = [
  { job: "trap '' TERM INT HUP; echo began; while :; do sleep 1; done", because: "a process that ignores signals" },
  { job: "setsid sleep 1000 & echo began; sleep 1000", because: "a child in a session of its own" },
  {
    job: "(setsid sh -c 'trap \"\" HUP TERM; sleep 1000 & sleep 1000 &' &) ; echo began; sleep 1000",
    because: "a daemon",
  },
  {
    job: "sh -c 'while :; do setsid sleep 1000 & sleep 0.01; done' & echo began; wait",
    because: "one that forks on and on",
  },
];

describe.each([true, false])("terminate, with PID namespaces: %p", (namespaces) => {
  let restore = () => {};
  beforeEach(() => {
    if (!namespaces) restore = withoutNamespaces();
  });
  afterEach(() => restore());

  it.each(stubborn)("ends $because, at once and for good", async ({ job }) => {
    const instanceId = await started("a", job);
    await says(instanceId, "began");
    expect((await stampedProcesses(instanceId)).length).toBeGreaterThan(1);

    await world.machines.terminate(instanceId, "test");
    await world.machines.terminate(instanceId, "test");

    expect(await stampedProcesses(instanceId)).toEqual([]);
    expect(await stateOf(instanceId)).toBe("ended");
    expect(exits()).toEqual([]);
  });

  it.each(stubborn)("is not needed after a job that leaves $because", async ({ job }) => {
    const instanceId = await started("a", job.replace(/(sleep 1000|wait|while :; do sleep 1; done)$/, "exit 0"));

    await ended(instanceId);

    await eventually("the end of all processes", async () => (await stampedProcesses(instanceId)).length === 0);
    expect(exits()).toMatchObject([{ cause: "job-done" }]);
  });

  it("says in the log where processes could escape", async () => {
    const instanceId = await started("a", "true");

    await ended(instanceId);

    expect(world.log(instanceId).includes("no PID namespace here")).toBe(!namespaces);
  });
});
