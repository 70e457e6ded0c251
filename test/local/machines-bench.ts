import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "@jest/globals";
import { buildSync } from "esbuild";
import type { Launch } from "../../lib/core/run/launch.ts";
import { killStamped } from "../../lib/local/machine/processes.ts";
import { type LocalMachines, localMachines } from "../../lib/local/machines.ts";

/** A stand-in for the server: machines that claim get a shell script as their job. */
export interface MachinesWorld {
  readonly folder: string;
  readonly machines: LocalMachines;
  /** What comes in at `/runner/claim` and `/runner/exit`. */
  readonly calls: { path: string; key: string; body: { bootId: string; cause?: string; conclusion?: string } }[];
  /** Answers to the next claims, first of all others; `undefined` hands out the job. */
  readonly refusals: number[];
  /** The job of every machine, for `sh -c`. */
  job: string;
  /** Which runner serves it. */
  runner: "builtin" | "gitea";
  /** Another dispatcher on the same folder, as after a restart. */
  restarted(): LocalMachines;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  log(instanceId: string): string;
  close(): Promise<void>;
}

const runnerScript = `
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
process.stdin.once("data", (line) => {
  const { registration } = JSON.parse(line);
  const child = spawn("sh", ["-c", registration.job.workflow], { stdio: ["ignore", "inherit", "inherit"] });
  child.once("exit", (code) => {
    writeSync(3, JSON.stringify({ conclusion: code === 0 ? "success" : "failure", outputs: {} }));
    process.exit(code ?? 1);
  });
});
`;

/** As Gitea's own: its file, beside its settings, is the job. */
const actRunnerScript = `#!/bin/sh
echo "task 7 repo is acme/shop"
exec sh "$(dirname "$3")/runner.json"
`;

let supervisor: string | undefined;

// Registered in whichever suite imports this.
afterAll(() => {
  if (supervisor) rmSync(dirname(supervisor), { recursive: true, force: true });
});

function supervisorProgram(): string {
  if (supervisor) return supervisor;
  const folder = mkdtempSync(join(tmpdir(), "dayfly-supervisor-"));
  supervisor = join(folder, "supervisor.mjs");
  const entry = new URL("../../lib/local/supervisor.ts", import.meta.url).pathname;
  buildSync({ entryPoints: [entry], outfile: supervisor, bundle: true, platform: "node", format: "esm" });
  return supervisor;
}

export async function machinesWorld(): Promise<MachinesWorld> {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-machines-"));
  const runner = join(folder, "runner.mjs");
  writeFileSync(runner, runnerScript);
  const actRunner = join(folder, "act_runner");
  writeFileSync(actRunner, actRunnerScript, { mode: 0o755 });
  const programs = { supervisor: supervisorProgram(), runner, actRunner };
  const machines = localMachines({ folder: join(folder, "machines"), programs });
  const world: MachinesWorld = {
    folder: join(folder, "machines"),
    machines,
    calls: [],
    refusals: [],
    job: "true",
    runner: "builtin",
    restarted: () => localMachines({ folder: join(folder, "machines"), programs }),
    stopServer: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async startServer() {
      server = answering(world);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      await machines.announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    },
    log: (instanceId) => readFileSync(join(folder, "machines", instanceId, "log"), "utf8"),
    async close() {
      for (const { instanceId } of await machines.list()) await killStamped(instanceId);
      if (server.listening) await world.stopServer();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  let server: Server = answering(world);
  await world.startServer();
  return world;
}

function answering(world: MachinesWorld): Server {
  return createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request));
    const key = (request.headers.authorization ?? "").replace("Bearer ", "");
    const path = request.url ?? "";
    world.calls.push({ path, key, body });
    const status = path === "/runner/exit" ? 204 : (world.refusals.shift() ?? 200);
    response.writeHead(status).end(status === 200 ? JSON.stringify(claimed(world)) : "");
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function claimed({ job: script, runner }: MachinesWorld) {
  const job = { runKey: "k", attempt: 1, repo: "local/shop", event: "push", ref: "refs/heads/main", sender: "ada" };
  const place = { before: "0".repeat(40), sha: "1".repeat(40), workflow: script, job: "test" };
  const builtin = { kind: "builtin", repository: "/nowhere", job: { ...job, ...place }, needs: {} };
  return {
    runKey: "k",
    attempt: 1,
    runner: "dayfly-1",
    url: "",
    labels: [],
    registration: runner === "builtin" ? builtin : { kind: "gitea", runnerId: "1", runnerFile: script },
    idleSeconds: 60,
    deadline: new Date().toISOString(),
    machineToken: "machine-token",
  };
}

export function localLaunch(token: string, facts: Partial<Launch> = {}): Launch {
  const now = Date.now();
  return {
    id: `launch-${token}`,
    token,
    profile: "small",
    scope: "here",
    forge: "here",
    count: 1,
    runKeys: ["k"],
    plan: { kind: "local" },
    createdAt: now,
    launchBy: now + 300_000,
    deadline: now + 600_000,
    outcome: { kind: "reserved" },
    version: 1,
    ...facts,
  };
}
