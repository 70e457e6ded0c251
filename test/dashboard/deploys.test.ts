import { describe, expect, it } from "@jest/globals";
import { environmentView } from "../../lib/core/deploy/environment-view.ts";
import { endedDeploy, knownEnvironment, release, runningDeploy } from "../contracts/deploy-samples.ts";
import { pageOver } from "./dashboard-world.ts";

const known = knownEnvironment({ desired: { ...knownEnvironment().desired!, release: { ...release, tag: "v9.9.9" } } });

function shownOf(deploys = [runningDeploy()], environment = known) {
  const operation = deploys.find(({ id }) => id === environment.operation);
  return { environments: [environmentView(environment, ["web1", "web2", "web9"], operation, deploys)], deploys };
}

describe("what the page shows of deploys", () => {
  it("3-03 shows desired, observed on each target, and operation apart", async () => {
    const text = await (await pageOver({ deployed: shownOf() }).ask("/environments")).text();
    expect(text).toMatch(/<dt>Desired<\/dt><dd>.*v9\.9\.9.*by <bdi>alice<\/bdi>/s);
    expect(text).toMatch(/Observed on <bdi>web1<\/bdi><\/dt><dd>.*sha-1f0c7e5.*verified/s);
    expect(text).toMatch(/Observed on <bdi>web2<\/bdi><\/dt><dd>.*drifted, <strong>differs from desired/s);
    expect(text).toMatch(/Observed on <bdi>web9<\/bdi><\/dt><dd>nobody has seen it yet/);
    expect(text).toMatch(/<dt>Operation<\/dt><dd>.*running<\/a>, next: <bdi>follow the command/s);
  });

  it("says who may let a waiting deploy begin, and how", async () => {
    const waiting = { ...runningDeploy(), status: "waiting" as const };
    const text = await (await pageOver({ deployed: shownOf([waiting]) }).ask("/environments")).text();
    expect(text).toContain("dayfly approve 00000000");
  });

  it("shows the timeline of a deploy, and the phases that its target told", async () => {
    const deploy = endedDeploy();
    const text = await (await pageOver({ deployed: shownOf([deploy]) }).ask(`/deploys/${deploy.id}`)).text();
    expect(text).toContain("rolled back");
    expect(text).toContain("asked by job deploy of acme/shop");
    expect(text).toMatch(/pull<\/bdi> 0\.0 s/);
    expect(text).toContain("approved by <bdi>alice</bdi>");
  });

  it("says what to do while there is none, and 404 to an unknown one", async () => {
    const { ask } = pageOver();
    expect(await (await ask("/environments")).text()).toContain("dayfly.yaml");
    expect((await ask("/deploys/none")).status).toBe(404);
    expect((await ask("/deploys/none/events")).status).toBe(404);
  });

  it("escapes whatever a target or a caller wrote", async () => {
    const evil = '<img src=x onerror="alert(1)">';
    const lying = { tag: evil, commit: evil, digest: evil };
    const report = { outcome: "failed", exit: 1, reason: evil, text: evil, tail: evil, phases: { [evil]: 5 } } as const;
    const deploy = endedDeploy({
      ...{ by: evil, approvedBy: evil, reason: { code: "x", text: evil }, release: lying },
      history: [{ version: 1, at: 0, text: evil }],
      steps: [{ target: evil, state: "done", at: 0, outcome: { kind: "reported", report } }],
    });
    const seen = { release: lying, condition: "drifted", fence: 1, from: "inspection", at: 0 } as const;
    const desired = { ...knownEnvironment().desired!, release: lying, by: evil };
    const place = knownEnvironment({ desired, observed: { web1: seen } });
    const { ask } = pageOver({ deployed: shownOf([deploy], place) });
    for (const path of ["/environments", `/deploys/${deploy.id}`])
      expect(await (await ask(path)).text()).not.toContain("<img src=x");
  });
});
