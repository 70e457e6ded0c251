import { check, concluded, decisions, eventually, job, jobs, push, row, rows, told } from "./stage.ts";
import type { Story } from "./story.ts";
import { commit, jobLine, long, quick, workflow } from "./workflows.ts";

const all = workflow(
  jobLine("build", "echo built"),
  jobLine("never", "exit 9", "if: false, "),
  jobLine("test", "test ${{ matrix.n }} = 1", "needs: build, strategy: { fail-fast: false, matrix: { n: [1, 2] } }, "),
  jobLine("after", "exit 9", "needs: test, "),
);

const chain = workflow(
  jobLine("one", "echo 1"),
  jobLine("two", "echo 2", "needs: one, "),
  jobLine("three", "echo 3", "needs: [one, two], "),
  jobLine("always", "echo 4", "needs: three, if: always(), "),
);

/** What a push becomes. */
export const jobStories: readonly Story[] = [
  {
    title: "a push becomes finished jobs: needs, a matrix, a false condition and a failure included",
    commits: [commit("all", { "ci.yml": all })],
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "all", "refs/heads/main");
      await concluded(stage, [
        "build success",
        "never skipped",
        "test (1) success",
        "test (2) failure",
        "after skipped",
      ]);
      const served = ["build completed success", "never completed skipped", "test (1) completed success"];
      await told(stage, [...served, "test (2) completed failure"]);
    },
  },
  {
    title: "a chain of needs gets its machines one after the other",
    commits: [commit("chain", { "ci.yml": chain })],
    async play(stage) {
      await stage.dayfly.start();
      push(stage, "chain", "refs/heads/main");
      await concluded(stage, ["one success", "two success", "three success", "always success"]);
      await told(
        stage,
        ["one", "two", "three", "always"].map((name) => `${name} completed success`),
      );
      const names = (await rows(stage)).map(({ runnerName }) => runnerName);
      check(new Set(names).size === 4, `four jobs had four runners: ${names}`);
    },
  },
  {
    title: "a real webhook is heard: the decision, its rows and Gitea's jobs are the same",
    commits: [commit("all", { "ci.yml": all, "other.yml": "on: { push: { tags: ['v*'] } }\njobs:\n  x: {}\n" })],
    async play(stage) {
      await stage.dayfly.start();
      await hook(stage);
      push(stage, "all", "refs/heads/main");
      await concluded(stage, [
        "build success",
        "never skipped",
        "test (1) success",
        "test (2) failure",
        "after skipped",
      ]);
      const [decision, ...others] = await decisions(stage);
      check(others.length === 0, "one push is one decision");
      const words = decision?.decision.workflows.map(({ path, decision }) => `${path} ${decision}`).join(", ");
      check(
        words === ".gitea/workflows/ci.yml run, .gitea/workflows/other.yml skip",
        `the decision is exact: ${words}`,
      );
      const planned = decision?.decision.workflows.flatMap(({ jobs }) =>
        jobs.map(({ name, labels }) => ({ name, labels })),
      );
      const made = (await jobs(stage)).map(({ name, labels }) => ({ name, labels: labels ?? [] }));
      const text = (list: readonly { name: string }[] = []): string =>
        JSON.stringify([...list].sort((a, b) => (a.name < b.name ? -1 : 1)));
      check(text(planned) === text(made), `what was planned is what Gitea made: ${text(planned)} ${text(made)}`);
      await told(stage, [
        "build completed success",
        "never completed skipped",
        "test (1) completed success",
        "test (2) completed failure",
        "after skipped",
      ]);
      const ids = (await rows(stage)).map(({ forgeJobId }) => forgeJobId);
      const theirs = (await jobs(stage)).map(({ id }) => `${id}`);
      check(JSON.stringify(ids.sort()) === JSON.stringify(theirs.sort()), `each row is one of Gitea's jobs: ${ids}`);
    },
  },
  {
    title: "equal job names in two workflows are two jobs with a machine each, by webhook",
    commits: [commit("twins", { "a.yml": quick, "b.yml": quick })],
    async play(stage) {
      await stage.dayfly.start();
      await hook(stage);
      push(stage, "twins", "refs/heads/main");
      await twice(stage, "quick");
    },
  },
  {
    title: "one commit on two refs runs once for each, by webhook",
    commits: [commit("quick", { "ci.yml": quick })],
    async play(stage) {
      await stage.dayfly.start();
      await hook(stage);
      push(stage, "quick", "refs/heads/main", "refs/heads/second");
      await twice(stage, "quick");
      const refs = (await rows(stage)).map(({ ref }) => ref).sort();
      check(refs.join() === "refs/heads/main,refs/heads/second", `each row names its ref: ${refs}`);
    },
  },
  {
    title: "hooks are lost while Dayfly is down: the next start finds what waits",
    commits: [commit("long", { "ci.yml": long })],
    async play(stage) {
      await stage.dayfly.start();
      await hook(stage);
      await stage.dayfly.stop();
      push(stage, "long", "refs/heads/main");
      await eventually("the job waits", async () => (await jobs(stage)).some(({ status }) => status === "queued"));
      await stage.dayfly.start();
      await concluded(stage, ["long success"]);
      await told(stage, ["long completed success"]);
      check((await row(stage, "long")).forgeJobId === `${(await job(stage, "long")).id}`, "the row is Gitea's job");
    },
  },
];

async function twice(stage: Parameters<Story["play"]>[0], name: string): Promise<void> {
  await concluded(stage, [`${name} success`, `${name} success`]);
  await told(stage, [`${name} completed success`, `${name} completed success`]);
  const list = await rows(stage);
  check(new Set(list.map(({ runnerName }) => runnerName)).size === 2, "each had a runner of its own");
  check(
    list.every(({ attempt }) => attempt === 1),
    "one machine each was enough",
  );
}

/** Gitea's webhook to where Dayfly listens now; the command waits until a delivery has come in. */
async function hook({ server, repository, dayfly }: Parameters<Story["play"]>[0]): Promise<void> {
  const { code, out, talk } = dayfly.run("hooks", "add", `${server.login}/${repository}`);
  check(code === 0, `dayfly hooks add makes a hook that arrives: ${out}${talk}`);
}
