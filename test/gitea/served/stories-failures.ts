import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  check,
  concluded,
  eventually,
  job,
  jobs,
  processes,
  push,
  row,
  rows,
  runners,
  type Stage,
  told,
} from "./stage.ts";
import { needsPage, type Story } from "./story.ts";
import { commit, jobLine, long, quick, workflow } from "./workflows.ts";

const plan = [commit("quick", { "ci.yml": quick }), commit("long", { "ci.yml": long })];
const endless = workflow(jobLine("endless", "sleep 600"));
const three = workflow(jobLine("first", "sleep 40"), jobLine("second", "sleep 40"));

/** Ends when its Gitea is back, however long that takes: for half a minute only does Gitea's runner try to tell of an end. */
const outlast = 'sleep 25; until curl -sf "$GITHUB_SERVER_URL/api/v1/version"; do sleep 1; done; sleep 5';

/** What people and accidents do to a job. */
export const failureStories: readonly Story[] = [
  {
    title: "a job that is cancelled on Gitea's page while it runs ends there and here",
    commits: [commit("endless", { "ci.yml": endless })],
    skip: needsPage,
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "endless", "refs/heads/main");
      await begun(stage, "endless");
      await stage.page?.press(stage.repository, (await job(stage, "endless")).run_id, "cancel");
      await concluded(stage, ["endless cancelled"]);
      await told(stage, ["endless completed cancelled"]);
      // Gitea has removed the runner, so its program goes on until somebody ends it.
      await eventually("its machine ends", async () => working(stage).length === 0);
    },
  },
  {
    title: "a job that is cancelled on Gitea's page while it waits for a machine gets none",
    commits: [commit("busy", { "a.yml": three, "z.yml": quick })],
    skip: needsPage,
    async play(stage) {
      await startWithoutRoom(stage);
      await stage.page?.press(stage.repository, (await job(stage, "quick")).run_id, "cancel");
      await concluded(stage, ["first success", "second success", "quick cancelled"]);
      await told(stage, ["first completed success", "second completed success", "quick cancelled"]);
      check((await row(stage, "quick")).attempt === 0, "no machine was launched for it");
    },
  },
  {
    title: "a running job that is cancelled by `dayfly runs cancel` ends at Gitea too",
    commits: [commit("endless", { "ci.yml": endless })],
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "endless", "refs/heads/main");
      await begun(stage, "endless");
      await eventually("we know that it runs", async () => (await row(stage, "endless")).status === "running");
      const { code } = stage.dayfly.run("runs", "cancel", (await row(stage, "endless")).key);
      check(code === 0, `it is cancelled: ${code}`);
      // Told by the runner; without its word Gitea would find out a minute later here, and a quarter of an hour later elsewhere.
      const isOver = async () => (await job(stage, "endless")).status === "completed";
      await eventually("Gitea's job ends", isOver, 30_000);
      await told(stage, ["endless cancelled"]);
    },
  },
  {
    title: "a waiting job that is cancelled by `dayfly runs cancel` stays cancelled",
    commits: [commit("busy", { "a.yml": three, "z.yml": quick })],
    async play(stage) {
      await startWithoutRoom(stage);
      stage.dayfly.run("runs", "cancel", (await row(stage, "quick")).key);
      await concluded(stage, ["first success", "second success", "quick queued"]);
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      await told(stage, ["first completed success", "second completed success", "quick cancelled"]);
    },
  },
  {
    title: "a job that is run again is a new row of the same job",
    commits: plan,
    skip: needsPage,
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "quick", "refs/heads/main");
      await told(stage, ["quick completed success"]);
      const first = await row(stage, "quick");
      const before = await job(stage, "quick");
      const api = /^1\.25\./.test(stage.server.version) ? undefined : stage.dayfly.run("runs", "retry", first.key);
      if (api) check(api.code === 0, `Gitea is asked to run it again: ${api.talk}`);
      else await stage.page?.press(stage.repository, before.run_id, "rerun");
      await told(stage, ["quick completed success", "quick completed success"]);
      const [again] = await rows(stage);
      const after = await job(stage, "quick");
      check(after.id === before.id && after.run_attempt === before.run_attempt + 1, "Gitea counts a second pick-up");
      check(again?.rerunOf === first.key, `the new row says what it repeats: ${again?.rerunOf}`);
      check(again?.forgeTry === 2 && again.forgeJobId === `${after.id}`, `it is the second try: ${again?.forgeTry}`);
    },
  },
  {
    title: "a runner that is killed before its job is replaced, and the job runs on the other machine",
    commits: plan,
    async play(stage) {
      stage.dayfly.hold();
      await stage.dayfly.start();
      push(stage, "quick", "refs/heads/main");
      await eventually("a runner is there", async () => held(stage).length > 0 && (await runners(stage)).length > 0);
      const killed = (await runners(stage))[0]?.name;
      for (const pid of held(stage)) process.kill(pid, "SIGKILL");
      await eventually("its registration is removed", async () =>
        (await runners(stage)).every(({ name }) => name !== killed),
      );
      stage.dayfly.release();
      await concluded(stage, ["quick success"]);
      await told(stage, ["quick completed success"]);
      const { runnerName, attempt } = await row(stage, "quick");
      check(runnerName !== undefined && runnerName !== killed, `another machine served it: ${runnerName}`);
      check((await job(stage, "quick")).runner_name === runnerName, "Gitea names the same machine");
      check(attempt === 2, `it was the second launch: ${attempt}`);
    },
  },
  {
    title: "a runner that is killed during its job: the job is lost, Gitea says failure, and a rerun succeeds",
    commits: plan,
    skip: needsPage,
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "long", "refs/heads/main");
      await begun(stage, "long");
      const { run_id } = await job(stage, "long");
      for (const pid of working(stage)) process.kill(pid, "SIGKILL");
      await told(stage, ["long lost"]);
      await concluded(stage, ["long failure"]);
      await stage.page?.press(stage.repository, run_id, "rerun");
      await concluded(stage, ["long success"]);
      await told(stage, ["long lost", "long completed success"]);
    },
  },
  {
    title: "a dispatcher that is killed with -9 finishes the job that ran meanwhile when it starts again",
    commits: plan,
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "long", "refs/heads/main");
      await begun(stage, "long");
      await stage.dayfly.kill();
      await stage.dayfly.start();
      await concluded(stage, ["long success"]);
      await told(stage, ["long completed success"]);
      check((await row(stage, "long")).attempt === 1, "one machine was enough");
    },
  },
  {
    title: "Gitea is restarted while a job runs and another one waits: both end well",
    commits: [
      commit("pair", { "ci.yml": workflow(jobLine("long", outlast), jobLine("then", "echo", "needs: long, ")) }),
    ],
    skip: ({ restart }) => (restart ? undefined : "a server of somebody else is not restarted (--gitea)"),
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "pair", "refs/heads/main");
      await begun(stage, "long");
      // A job that Gitea has handed out is lost there where its answer never came: the runner must have it.
      await eventually("the runner has its job", async () => /\btask \d+ repo is /.test(logsOf(stage)));
      await stage.restart?.stop();
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      await stage.restart?.start();
      await concluded(stage, ["long success", "then success"]);
      await told(stage, ["long completed success", "then completed success"]);
    },
  },
  {
    title: "Ctrl-C leaves no runner and no registration; the next start serves the job that had not begun",
    commits: plan,
    async play(stage) {
      stage.dayfly.hold();
      await stage.dayfly.start();
      push(stage, "quick", "refs/heads/main");
      await eventually("a runner is there", async () => held(stage).length > 0 && (await runners(stage)).length > 0);
      check((await stage.dayfly.stop()) === 0, "it ends well");
      check((await runners(stage)).length === 0, "no registration is left");
      check(processes("", stage.dayfly.folder).length === 0, "no process is left");
      stage.dayfly.release();
      await stage.dayfly.start();
      await concluded(stage, ["quick success"]);
      await eventually("the last row is completed", async () => (await rows(stage))[0]?.status === "completed");
    },
  },
];

async function begun(stage: Stage, name: string): Promise<void> {
  await eventually(`${name} runs`, async () =>
    (await jobs(stage)).some((one) => one.name === name && one.status === "in_progress"),
  );
}

/** Two jobs run, which is all that there is room for; `quick` waits. */
async function startWithoutRoom(stage: Stage): Promise<void> {
  await stage.dayfly.start();
  push(stage, "busy", "refs/heads/main");
  await begun(stage, "first");
  await begun(stage, "second");
  await eventually("the third waits for room", async () =>
    (await rows(stage)).some(({ jobName, status }) => jobName === "quick" && status === "queued"),
  );
}

/** Runners of this stage that stand behind the gate. */
function held({ dayfly }: Stage): readonly number[] {
  return processes(`/bin/sh ${dayfly.folder}/gated-runner daemon`, "");
}

function working({ dayfly }: Stage): readonly number[] {
  return processes(`${dayfly.runner} daemon`, dayfly.folder);
}

/** What the machines of this stage have said. */
function logsOf({ dayfly }: Stage): string {
  const machines = join(dayfly.folder, "machines");
  const logs = readdirSync(machines).map((name) => join(machines, name, "log"));
  return logs.flatMap((file) => (existsSync(file) ? [readFileSync(file, "utf8")] : [])).join("");
}
