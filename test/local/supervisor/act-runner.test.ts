import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { machineEnvironment } from "../../../lib/local/machine/machine-environment.ts";
import { runActRunner } from "../../../lib/local/supervisor/act-runner.ts";
import { openLog } from "../../../lib/local/supervisor/log-file.ts";
import { eventually } from "../eventually.ts";

/** As Gitea's own: it takes a job, and on SIGTERM it tells of the job's end when nobody holds the job's output any more. */
const program = `#!/usr/bin/env node
const { spawn } = require("node:child_process");
const job = spawn("sh", ["-c", process.env.JOB ?? "sleep 300 & sleep 300"], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
process.on("SIGTERM", () => job.kill("SIGKILL"));
console.log("task 7 repo is acme/shop");
job.on("close", (code) => {
  console.log("reported the end");
  process.exit(code === 9 ? 9 : 0);
});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-act-"));
  for (const own of ["work", "tmp", "home"]) mkdirSync(join(folder, own));
  writeFileSync(join(folder, "runner.cjs"), program);
  chmodSync(join(folder, "runner.cjs"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(stop: AbortSignal, job?: string) {
  const actRunner = join(folder, "runner.cjs");
  if (job !== undefined) writeFileSync(actRunner, program.replace("process.env.JOB ??", `${JSON.stringify(job)} ||`));
  const machine = {
    instanceId: "local-0123456789abcdef-0",
    launchId: "l",
    launchedAt: Date.now(),
    deadline: Date.now() + 60_000,
    keyHash: "",
    runner: "",
    actRunner,
  };
  const log = openLog(join(folder, "log"));
  const env = machineEnvironment(process.env, folder, machine);
  return runActRunner({ folder, machine, runnerFile: "{}", idleSeconds: 60, confined: [], env }, log, stop);
}

const logged = () => readFileSync(join(folder, "log"), "utf8");

describe("6-04 Gitea's own runner on this computer", () => {
  it("tells its forge how the job ended when it is asked to end, whatever the job started", async () => {
    const stop = new AbortController();
    const ended = run(stop.signal);
    await eventually("its job", () => logged().includes("task 7"));

    stop.abort("signal");
    await ended;

    expect(logged()).toContain("reported the end");
  });

  it("has served its job when it ends well, whatever came of the job", async () => {
    expect(await run(new AbortController().signal, "exit 3")).toEqual({ cause: "job-done", code: 0 });
  });

  it("has crashed when it ends badly during a job", async () => {
    expect(await run(new AbortController().signal, "exit 9")).toEqual({ cause: "crashed", code: 9 });
  });
});
