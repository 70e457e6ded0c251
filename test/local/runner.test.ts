import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { buildSync } from "esbuild";
import { stampedProcesses } from "../../lib/local/machine/processes.ts";
import { type ScratchRepository, scratchRepository } from "../forges/git/scratch-repository.ts";
import { eventually } from "./eventually.ts";
import { orderFor, steps } from "./runner/job-bench.ts";

let folder: string;
let program: string;
let repository: ScratchRepository;

beforeAll(() => {
  const outdir = mkdtempSync(join(tmpdir(), "dayfly-runner-"));
  program = join(outdir, "runner.mjs");
  const entry = new URL("../../lib/local/runner.ts", import.meta.url).pathname;
  const banner = { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' };
  buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm", banner });
});
afterAll(() => rmSync(join(program, ".."), { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-work-"));
  repository = scratchRepository();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  repository.remove();
});

interface RunningJob {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly seen: { log: string; result: string };
}

function start(workflow: string): RunningJob {
  const path = ".github/workflows/w.yml";
  const sha = repository.commit({ [path]: workflow });
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: join(folder, "tmp"), DAYFLY_MACHINE: folder };
  const child = spawn(process.execPath, [program], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe", "pipe"] });
  const seen = { log: "", result: "" };
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (seen.log += chunk));
  (child.stdio[3] as Readable).on("data", (chunk) => (seen.result += chunk));
  child.stdin?.write(`${JSON.stringify(orderFor(repository, path, sha, {}))}\n`);
  return { child, seen, ended: new Promise((resolve) => child.once("close", resolve)) };
}

describe("the runner's program", () => {
  it("says on descriptor 3 how the job went, and ends", async () => {
    const { seen, ended } = start(
      steps(`- { id: a, run: 'echo x=1 >> "$GITHUB_OUTPUT"' }`, "outputs: { x: '${{ steps.a.outputs.x }}' }"),
    );

    expect(await ended).toBe(0);
    expect(JSON.parse(seen.result)).toEqual({ conclusion: "success", outputs: { x: "1" } });
    expect(seen.log).toContain("The built-in runner, for trying out and small local use");
  });

  it("ends with 1 when the job failed", async () => {
    const { ended, seen } = start(steps("- run: exit 5"));

    expect(await ended).toBe(1);
    expect(JSON.parse(seen.result)).toMatchObject({ conclusion: "failure" });
  });

  it.each([
    { how: "its supervisor is gone", end: (child: ChildProcess) => child.stdin?.destroy() },
    { how: "it is told to", end: (child: ChildProcess) => child.kill("SIGTERM") },
  ])("ends at once with its scripts when $how", async ({ end }) => {
    const { child, ended, seen } = start(steps("- run: echo began; sleep 1000"));
    await eventually("the step", () => /^began$/m.test(seen.log));

    end(child);

    expect(await ended).toBe(143);
    expect(seen.result).toBe("");
    await eventually("nothing left", async () => (await stampedProcesses(folder)).length === 0);
  });

  it("never prints its token", async () => {
    const { ended, seen } = start(steps("- run: env; cat /proc/self/environ | tr '\\0' '\\n'; ps -ef || true"));

    await ended;

    expect(seen.log).not.toContain("marker-machine-token");
  });
});
