import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type CommitPlan, type ScratchRepository, scratchRepository } from "../fakes/scratch-repository.ts";
import { type GiteaServer, giteaServer } from "./gitea-server.ts";

const PATIENCE_MS = 180_000;
const step = (run: string): string => `steps: [{ run: ${JSON.stringify(run)} }]`;
const job = (run: string, more = ""): string => `{ runs-on: ubuntu-latest, ${more}${step(run)} }`;

const workflow = `on: push
jobs:
  build: ${job("echo built")}
  never: ${job("exit 9", "if: false, ")}
  test: ${job("test ${{ matrix.n }} = 1", "needs: build, strategy: { fail-fast: false, matrix: { n: [1, 2] } }, ")}
  after: ${job("exit 9", "needs: test, ")}
`;
const long = `on: push\njobs:\n  long: ${job("sleep 25 && echo done")}\n`;
const commit = (name: string, text: string): CommitPlan => ({ name, files: { ".gitea/workflows/ci.yml": text } });

interface Stage {
  readonly server: GiteaServer;
  readonly scratch: ScratchRepository;
  readonly repository: string;
  readonly folder: string;
  readonly start: () => Promise<ChildProcess>;
}

/** What the forge and we say of a commit's jobs in the end. */
type Story = (stage: Stage) => Promise<void>;

/**
 * A real Gitea and its real runner, served by `dayfly start --url`: pushes become finished jobs there and completed rows here.
 */
const stories: Readonly<Record<string, Story>> = {
  "a push becomes finished jobs, needs, a matrix, a false condition and a failure included": async (stage) => {
    const dayfly = await stage.start();
    push(stage, "plain", "refs/heads/main");
    await concluded(stage, {
      build: "success",
      never: "skipped",
      "test (1)": "success",
      "test (2)": "failure",
      after: "skipped",
    });
    await rows(stage, ["build completed", "never completed", "test (1) completed", "test (2) completed"]);
    await noRunners(stage);
    await stop(dayfly);
  },
  "a dispatcher that is killed and started again finishes the job that ran meanwhile": async (stage) => {
    const first = await stage.start();
    push(stage, "long", "refs/heads/long");
    await until("the job runs", async () => (await jobs(stage)).some(({ status }) => status === "in_progress"));
    first.kill("SIGKILL");
    await new Promise((resolve) => first.once("exit", resolve));
    const second = await stage.start();
    await concluded(stage, { long: "success" });
    await rows(stage, ["long completed"]);
    await stop(second);
  },
  "a job pushed while nobody served is found when somebody does": async (stage) => {
    push(stage, "long", "refs/heads/late");
    await until("the job waits", async () => (await jobs(stage)).some(({ status }) => status === "queued"));
    const dayfly = await stage.start();
    await concluded(stage, { long: "success" });
    await rows(stage, ["long completed"]);
    await stop(dayfly);
  },
  "a runner that is killed before its job is replaced": async (stage) => {
    const dayfly = await stage.start();
    push(stage, "long", "refs/heads/killed");
    await until("a runner is there", async () => (await runners(stage)).length > 0);
    for (const pid of actRunners(stage)) process.kill(pid, "SIGKILL");
    await until("another one serves the job or the first had begun", async () =>
      (await jobs(stage)).some(({ status }) => status === "in_progress" || status === "completed"),
    );
    await stop(dayfly);
  },
};

export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: "string" },
      "token-file": { type: "string" },
      runner: { type: "string" },
      only: { type: "string" },
    },
  });
  const { url, "token-file": tokenFile, runner } = values;
  if (!url || !tokenFile || !runner) {
    say("usage: node test/gitea/run.mjs served --url URL --token-file FILE --runner PATH [--only WORD]");
    return 2;
  }
  const server = await giteaServer(url, readFileSync(tokenFile, "utf8").trim());
  let failed = 0;
  for (const [title, story] of Object.entries(stories).filter(([title]) => title.includes(values.only ?? ""))) {
    const began = Date.now();
    const error = await play(server, { url, tokenFile, runner }, story).then(
      () => undefined,
      (caught: Error) => caught,
    );
    if (error) failed += 1;
    say(
      `${error ? "FAILED" : "ok    "} ${title} (${((Date.now() - began) / 1000).toFixed(0)} s)${error ? `\n  ${error.message}` : ""}`,
    );
  }
  say(`Gitea ${server.version}: ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function play(
  server: GiteaServer,
  served: { readonly url: string; readonly tokenFile: string; readonly runner: string },
  story: Story,
): Promise<void> {
  const repository = `dayfly-served-${createHash("sha256").update(`${Date.now()}`).digest("hex").slice(0, 8)}`;
  await server.createRepository(repository);
  const scratch = scratchRepository([commit("plain", workflow), commit("long", long)]);
  const folder = mkdtempSync(join(tmpdir(), "dayfly-served-"));
  const children: ChildProcess[] = [];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(
      process.execPath,
      [
        "bin/dayfly.mjs",
        "start",
        "--url",
        served.url,
        "--token-file",
        served.tokenFile,
        "--runner",
        served.runner,
        "--trust",
        "--port",
        "0",
        "--dir",
        folder,
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    children.push(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child;
  };
  try {
    await story({ server, scratch, repository, folder, start });
  } finally {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await stop(child);
    scratch.dispose();
    rmSync(folder, { recursive: true, force: true });
    await server.deleteRepository(repository);
  }
}

function push({ server, scratch, repository }: Stage, name: string, ref: string): void {
  scratch.push(server.pushUrl(repository), [`${scratch.idOf(name)}:${ref}`]);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await ended;
}

interface Job {
  readonly name: string;
  readonly status: string;
  readonly conclusion?: string;
}

async function jobs({ server, repository }: Stage): Promise<readonly Job[]> {
  const { jobs } = await server.call<{ jobs: Job[] | null }>(
    "GET",
    `/repos/${server.login}/${repository}/actions/jobs?limit=50`,
  );
  return jobs ?? [];
}

async function concluded(stage: Stage, wanted: Readonly<Record<string, string>>): Promise<void> {
  const text = JSON.stringify(Object.entries(wanted).sort());
  await until(`the forge says ${text}`, async () => {
    const said = (await jobs(stage)).map(({ name, status, conclusion = "" }) => [
      name,
      status === "completed" ? conclusion : status,
    ]);
    return JSON.stringify(said.sort()) === text;
  });
}

async function rows({ folder }: Stage, wanted: readonly string[]): Promise<void> {
  await until(`our rows say ${wanted.join(", ")}`, async () => {
    const text = await output(["bin/dayfly.mjs", "runs", "--json", "--dir", folder]);
    const found = JSON.parse(text) as { runs?: Row[] } | Row[];
    const list = Array.isArray(found) ? found : (found.runs ?? []);
    const said = list.map(({ jobName, status }) => `${jobName} ${status}`);
    return wanted.every((one) => said.includes(one));
  });
}

interface Row {
  readonly jobName: string;
  readonly status: string;
}

async function runners({ server, repository }: Stage): Promise<readonly unknown[]> {
  const path = `/repos/${server.login}/${repository}/actions/runners`;
  return (await server.call<{ runners: unknown[] | null }>("GET", path)).runners ?? [];
}

async function noRunners(stage: Stage): Promise<void> {
  await until("no registration is left", async () => (await runners(stage)).length === 0);
}

/** The runner programs of this stage's machines, by the folder that stands in their command lines. */
function actRunners({ folder }: Stage): readonly number[] {
  const found = spawnPs();
  return found.filter(({ line }) => line.includes(folder) && line.includes(" daemon ")).map(({ pid }) => pid);
}

function spawnPs(): readonly { readonly pid: number; readonly line: string }[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, args] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid && args ? [{ pid: Number(pid), line: args }] : [];
  });
}

async function output(argv: readonly string[]): Promise<string> {
  return spawnSync(process.execPath, argv, { encoding: "utf8" }).stdout;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS / 1000} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
