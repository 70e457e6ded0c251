import { deployed, deploys, ended, jobOf, logOf, pushMain, startByHand } from "./deploy-steps.ts";
import { byHand, delivery, deploying, line, onMain, ownCommit } from "./deploy-workflows.ts";
import { check, eventually, job, jobs, push, row, type Stage, told } from "./stage.ts";
import { needsPage, type Story } from "./story.ts";
import { playedTarget } from "./target.ts";

/** The job that asks, the deploy API, a target on this computer, and what both sides say of it in the end. */
export const deployStories: readonly Story[] = [
  {
    title: "the delivery workflow that people copy deploys a commit; a broken one is rolled back, its job is red",
    commits: line({ "deliver.yaml": delivery() }, "broken", "mended"),
    async play(stage) {
      const target = playedTarget(stage);
      target.breaks(stage.scratch.idOf("broken"));
      await stage.dayfly.start();
      await pushMain(stage, "first", ["success"]);
      await deploys(stage, ["first deployed"]);
      await pushMain(stage, "broken", ["success", "failure"]);
      await deploys(stage, ["first deployed", "broken rolled-back"]);
      check(target.live() === stage.scratch.idOf("first"), `the commit before is live again: ${target.live()}`);
      await pushMain(stage, "mended", ["success", "failure", "success"]);
      await deploys(stage, ["first deployed", "broken rolled-back", "mended deployed"]);
      check(target.live() === stage.scratch.idOf("mended"), `the last commit is live: ${target.live()}`);
      const by = (await deployed(stage)).map((one) => one.by);
      check(new Set(by).size === 1 && by[0] === jobOf(stage), `each was asked for by its job: ${by}`);
    },
  },
  {
    title: "a pull request's job that asks for a deploy is red, and nothing is stored",
    commits: line({ "deploy.yaml": deploying("pull_request", `prod ${ownCommit}`) }, "change"),
    async play(stage) {
      const target = playedTarget(stage);
      const { server, repository } = stage;
      await stage.dayfly.start();
      push(stage, "first", "refs/heads/main");
      push(stage, "change", "refs/heads/change");
      const pull = { head: "change", base: "main", title: "a change" };
      await server.call("POST", `/repos/${server.login}/${repository}/pulls`, pull);
      await ended(stage, ["failure"]);
      await deploys(stage, []);
      check(target.live() === undefined, "nothing is live");
      check(/"deploy refused".*"reason":"fork"/.test(logOf(stage)), "the log says why");
    },
  },
  {
    title: "a deploy that needs an approval leaves its job green and waits; approved, it goes live",
    commits: line({ "deploy.yaml": deploying("push", `staging ${ownCommit}`) }),
    async play(stage) {
      const target = playedTarget(stage);
      await stage.dayfly.start();
      await pushMain(stage, "first", ["success"]);
      await deploys(stage, ["first waiting"]);
      check(target.live() === undefined, "nothing is live before somebody approves");
      const [waiting] = await deployed(stage);
      const { code, talk } = stage.dayfly.run("approve", waiting?.id ?? "", "--wait");
      check(code === 0, `it is approved and goes live: ${talk}`);
      await deploys(stage, ["first deployed"]);
      check(target.live() === stage.scratch.idOf("first"), `the approved commit is live: ${target.live()}`);
    },
  },
  {
    title: "a workflow started by hand deploys where its input says, from main and not from another branch",
    commits: line({ "deploy.yaml": byHand }, "side"),
    async play(stage) {
      const target = playedTarget(stage);
      await stage.dayfly.start();
      push(stage, "first", "refs/heads/main");
      push(stage, "side", "refs/heads/side");
      await startByHand(stage, "main");
      await ended(stage, ["success"]);
      await deploys(stage, ["first deployed"]);
      await startByHand(stage, "side");
      await ended(stage, ["success", "failure"]);
      await deploys(stage, ["first deployed"]);
      check(target.live() === stage.scratch.idOf("first"), `main's commit is live: ${target.live()}`);
    },
  },
  {
    title: "an annotated tag deploys the commit that it is about",
    commits: line({
      "deploy.yaml": deploying("{ push: { tags: ['v*'] } }", 'prod "$GITHUB_REF_NAME" --commit "$GITHUB_SHA" --wait'),
    }),
    async play(stage) {
      const { scratch, server, repository } = stage;
      const target = playedTarget(stage);
      await stage.dayfly.start();
      push(stage, "first", "refs/heads/main");
      const tag = scratch.annotate("v1.2.3", scratch.idOf("first"));
      scratch.push(server.pushUrl(repository), [`${tag}:refs/tags/v1.2.3`]);
      await ended(stage, ["success"]);
      await deploys(stage, ["first deployed"]);
      check((await deployed(stage))[0]?.release?.tag === "v1.2.3", "the deploy is of that tag");
      check(target.live() === scratch.idOf("first"), `its commit is live: ${target.live()}`);
    },
  },
  {
    title: "a deploy job that is run again deploys again; an older one is superseded, and green",
    commits: line({ "deploy.yaml": onMain }, "second"),
    skip: needsPage,
    async play(stage) {
      const target = playedTarget(stage);
      await stage.dayfly.start();
      await pushMain(stage, "first", ["success"]);
      await pushMain(stage, "second", ["success", "success"]);
      await deploys(stage, ["first deployed", "second deployed"]);
      const [older, newer] = (await jobs(stage)).map(({ run_id }) => run_id).sort((a, b) => a - b);
      await stage.page?.press(stage.repository, newer ?? 0, "rerun");
      await deploys(stage, ["first deployed", "second deployed", "second deployed"]);
      await ended(stage, ["success", "success"]);
      await stage.page?.press(stage.repository, older ?? 0, "rerun");
      await deploys(stage, ["first deployed", "second deployed", "second deployed", "first superseded"]);
      await ended(stage, ["success", "success"]);
      check(target.live() === stage.scratch.idOf("second"), `the newer commit stays live: ${target.live()}`);
    },
  },
  {
    title: "a deploy whose job is cancelled on Gitea's page while the target works ends all the same, as it is",
    commits: line({ "deploy.yaml": onMain }),
    skip: needsPage,
    async play(stage) {
      await goesLiveAlthough(stage, async () => {
        await stage.page?.press(stage.repository, (await job(stage, "deploy")).run_id, "cancel");
        await ended(stage, ["cancelled"]);
      });
    },
  },
  {
    title: "a deploy whose job is cancelled by `dayfly runs cancel` while the target works ends all the same",
    commits: line({ "deploy.yaml": onMain }),
    async play(stage) {
      await goesLiveAlthough(stage, async () => {
        await eventually("we know that it runs", async () => (await row(stage, "deploy")).status === "running");
        const { code, talk } = stage.dayfly.run("runs", "cancel", (await row(stage, "deploy")).key);
        check(code === 0, `it is cancelled: ${talk}`);
        await told(stage, ["deploy cancelled"]);
      });
    },
  },
  {
    title: "a dispatcher that is killed with -9 while the target works: the deploy job waits for it, and is green",
    commits: line({ "deploy.yaml": onMain }),
    async play(stage) {
      await goesLiveAlthough(stage, async () => {
        await stage.dayfly.kill();
        await stage.dayfly.start();
      });
      await ended(stage, ["success"]);
    },
  },
];

/** The target holds still while that happens; afterwards the commit goes live. */
async function goesLiveAlthough(stage: Stage, happens: () => Promise<void>): Promise<void> {
  const target = playedTarget(stage);
  target.hold();
  await stage.dayfly.start();
  push(stage, "first", "refs/heads/main");
  await eventually("the target works", async () => target.holds());
  await happens();
  check(target.live() === undefined, "nothing is live yet");
  target.release();
  await deploys(stage, ["first deployed"]);
  check(target.live() === stage.scratch.idOf("first"), `its commit is live: ${target.live()}`);
}
