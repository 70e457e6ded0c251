import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { RecordedDecision } from "../../lib/core/ports.ts";
import type { Run } from "../../lib/core/run/run.ts";
import { eventually } from "../local/eventually.ts";
import { type Newcomer, newcomer, processesOf, type Started, start } from "./started.ts";

let person: Newcomer;
let world: Started;

beforeAll(async () => {
  person = newcomer();
  world = await start(person, "--demo");
});

afterAll(async () => {
  await world?.stop();
  person?.remove();
});

/** On a connection of its own: the server may have closed a kept one while a command held this process up. */
function ask(path: string): Promise<Response> {
  return fetch(world.url + path, { headers: { connection: "close" } });
}

async function json<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>;
}

/** All runs of a commit, as soon as there are any and each has ended. */
function endedRuns(sha: string): Promise<readonly Run[]> {
  return eventually(
    `the end of the runs of ${sha}`,
    async () => {
      const { runs } = await json<{ runs: Run[] }>("/api/runs");
      const ours = runs.filter((run) => run.sha === sha);
      return ours.length > 0 && ours.every((run) => "endedAt" in run) ? ours : undefined;
    },
    300,
  );
}

/** A project of one's own, with a workflow that prints what nobody could have known before. */
function ownProject(nonce: string): string {
  const project = join(person.folder, "project");
  mkdirSync(join(project, ".github/workflows"), { recursive: true });
  writeFileSync(
    join(project, ".github/workflows/own.yml"),
    `on: push\njobs:\n  say:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo "it says $(cat nonce.txt)"\n  fail:\n    runs-on: ubuntu-latest\n    steps:\n      - run: exit 7\n  strange:\n    runs-on: [self-hosted, mainframe]\n    steps:\n      - run: echo never\n`,
  );
  writeFileSync(join(project, "nonce.txt"), nonce);
  person.git("init", "--quiet", project);
  const git = (...argv: string[]) =>
    person.git("-C", project, "-c", "user.name=n", "-c", "user.email=n@localhost", ...argv);
  git("add", "--all");
  git("commit", "--quiet", "--message", "mine");
  git("push", "--quiet", join(person.environment.DAYFLY_DIR ?? "", "repositories/yours.git"), "HEAD:main");
  return git("rev-parse", "HEAD").trim();
}

describe("6-07 the whole system on one computer", () => {
  it("shows the demo's first push: jobs that finish, and workflows that are skipped with their line", async () => {
    const said = await eventually(
      "the demo's end",
      () => (world.said().includes("Push again") ? world.said() : undefined),
      300,
    );
    expect(said).toMatch(/– skipped +\.github\/workflows\/docs\.yml .*paths/);
    expect(said).toMatch(/6 │ +paths: \["docs\/\*\*", "\*\.md"\]/);
    for (const job of ["lint", "test (World)", "test (Dayfly)", "package", "live"])
      expect(said).toMatch(`✓ succeeded ${job} `);
  });

  it("2-14 ends the demo with a page that is deployed, and a broken one that is rolled back", async () => {
    const said = world.said();
    expect(said).toMatch(/✓ deployed page\/dev: .*live commit is the one that was asked for \(here: deployctl 0\)/);
    expect(said).toMatch(/✗ job failed live/);
    expect(said).toMatch(/✗ rolled-back page\/dev: .*live again, verified \(here: deployctl 1\)/);
    expect(said).toMatch(/observed +here: sha-[0-9a-f]{7}.*, verified, differs from desired/);
    const { out, code } = person.dayfly("env", "diff", "page", "dev");
    expect(code).toBe(1);
    expect(out).toContain("differs from desired");
    expect(person.dayfly("rollback", "page", "dev", "--wait").code).toBe(1);
    const live = join(
      person.environment.DAYFLY_DIR ?? "",
      "targets/here/var/lib/dayfly/page/dev/work/live/page/index.html",
    );
    expect(readFileSync(live, "utf8")).toContain("Good morning");
    const text = await (await ask("/environments")).text();
    expect(text).toContain("rolled back");
    expect(text).toContain("differs from desired");
  });

  it("runs a push of one's own project: its nonce stands in the run's log and on the page", async () => {
    const nonce = randomBytes(8).toString("hex");
    const sha = ownProject(nonce);
    const runs = await endedRuns(sha);
    const byJob = new Map(runs.map((run) => [run.jobName, run]));
    expect(byJob.get("say")).toMatchObject({ status: "completed", conclusion: "success", repo: "yours" });
    expect(byJob.get("fail")).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(byJob.get("strange")).toMatchObject({ status: "skipped", reason: { code: "no-profile" } });

    const key = byJob.get("say")?.key ?? "";
    expect(person.dayfly("runs", "logs", key).out).toContain(`it says ${nonce}`);
    const page = await (await ask(`/runs/${key}`)).text();
    expect(page).toContain(`it says ${nonce}`);
    expect(await (await ask("/")).text()).toContain(sha.slice(0, 7));
  });

  it("records for each push what it decided, with the place in the file", async () => {
    const { pushes } = await json<{ pushes: RecordedDecision[] }>("/api/pushes");
    const demo = pushes.find(({ forge }) => forge === "demo");
    const docs = demo?.decision.workflows.find(({ path }) => path.endsWith("docs.yml"));
    expect(docs).toMatchObject({ decision: "skip", reason: { file: ".github/workflows/docs.yml", line: 6 } });
    const text = await (await ask("/pushes")).text();
    expect(text).toContain("paths: [&quot;docs/**&quot;, &quot;*.md&quot;]");
  });

  it("tells other processes while it runs, by exit code too", async () => {
    const { runs } = JSON.parse(person.dayfly("runs", "--json", "--repo", "yours").out) as { runs: Run[] };
    const failed = runs.find((run) => run.jobName === "fail");
    expect(person.dayfly("runs", "show", failed?.key ?? "", "--watch").code).toBe(1);
    const again = JSON.parse(person.dayfly("runs", "retry", failed?.key ?? "", "--json").out) as { run: Run };
    expect(person.dayfly("runs", "logs", again.run.key, "--follow")).toMatchObject({ code: 1 });
  });

  it("serves a repository that somebody puts there while it runs", async () => {
    const late = join(person.environment.DAYFLY_DIR ?? "", "repositories", "late one.git");
    person.git("init", "--quiet", "--bare", late);
    const project = join(person.folder, "late");
    person.git("init", "--quiet", project);
    mkdirSync(join(project, ".github/workflows"), { recursive: true });
    const quick = "on: push\njobs:\n  quick:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo late\n";
    writeFileSync(join(project, ".github/workflows/own.yml"), quick);
    const git = (...argv: string[]) =>
      person.git("-C", project, "-c", "user.name=n", "-c", "user.email=n@localhost", ...argv);
    git("add", "--all");
    git("commit", "--quiet", "--message", "late");
    await eventually("its hook", () => existsSync(join(late, "hooks", "post-receive")));
    git("push", "--quiet", late, "HEAD:main");

    const runs = await endedRuns(git("rev-parse", "HEAD").trim());

    expect(runs).toMatchObject([{ repo: "late one", jobName: "quick", status: "completed", conclusion: "success" }]);
  });

  it("refuses a second start in the same folder", () => {
    const { code, err } = person.dayfly("start", "--port", "0");
    expect(code).toBe(3);
    expect(err).toContain("another dayfly start serves this folder already");
  });

  it("refuses a port that is taken", () => {
    const port = new URL(world.url).port;
    const { code, err } = person.dayfly("start", "--port", port, "--dir", join(person.folder, "other"));
    expect(code).toBe(3);
    expect(err).toContain(`port ${port} is in use`);
  });

  it("leaves no process when it is stopped, though a job was running, and goes on at the next start", async () => {
    const project = join(person.folder, "project");
    writeFileSync(
      join(project, ".github/workflows/own.yml"),
      "on: push\njobs:\n  long:\n    runs-on: ubuntu-latest\n    steps:\n      - run: setsid sleep 600 & sleep 600\n",
    );
    const git = (...argv: string[]) =>
      person.git("-C", project, "-c", "user.name=n", "-c", "user.email=n@localhost", ...argv);
    git("commit", "--quiet", "--all", "--message", "long");
    git("push", "--quiet", join(person.environment.DAYFLY_DIR ?? "", "repositories/yours.git"), "HEAD:main");
    const sha = git("rev-parse", "HEAD").trim();
    const run = await eventually("the long run", async () =>
      (await json<{ runs: Run[] }>("/api/runs")).runs.find((one) => one.sha === sha && one.status === "running"),
    );
    expect(await world.stop()).toBe(0);
    expect(processesOf(person.folder)).toEqual([]);

    world = await start(person, "--demo");
    const { run: after } = await json<{ run: Run }>(`/api/runs/${run.key}`);
    expect(after).toMatchObject({ status: "cancelled", reason: { text: "cancelled by the end of dayfly start" } });
    await eventually("the hints", () => world.said().includes("Ctrl-C ends"));
    expect(world.said()).not.toContain("Pushing a commit");
  });
});
