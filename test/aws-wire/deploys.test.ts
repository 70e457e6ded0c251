import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Computer } from "../fakes/computer/computer.ts";
import { hookSecret } from "../fakes/forges/played-forge.ts";
import { giteaToken, type PlayedGitea, playedGitea } from "../fakes/forges/played-gitea.ts";
import { type DeployctlNode, deployctlNode } from "../fakes/ssm/deployctl-node.ts";
import { installPages, livePage } from "../fakes/ssm/pages-app.ts";
import { type Cloud, cloud } from "./cloud.ts";
import { until } from "./until.ts";

let forge: PlayedGitea;
let aws: Cloud;
let web1: DeployctlNode;

beforeEach(async () => {
  forge = await playedGitea();
  web1 = deployctlNode("i-0123456789abcdef0");
  aws = await cloud({
    config: `
stack: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }
forges: [{ name: home, kind: gitea, url: "${forge.url}", token: /home/token, secret: /home/secret }]
profiles: [{ name: small, labels: [dayfly], image: ami-0123456789abcdef0, types: [c7g.large] }]
grants: [{ name: push-shop, to: { ecr: [shop] }, from: { repo: ${forge.repository}, refs: [main], events: [push] } }]
targets: [{ name: web1, id: ${web1.id} }]
apps: [{ name: shop, image: registry.example.com/shop, health: "http://127.0.0.1:8080/healthz" }, { name: pages, bundle: true }]
environments:
  - { name: prod, app: shop, targets: [web1], from: { repo: ${forge.repository}, refs: [main], events: [push] } }
  - { name: prod, app: pages, targets: [web1], from: { repo: ${forge.repository}, refs: [main], events: [push] } }
`,
    parameters: { "/home/token": giteaToken, "/home/secret": hookSecret },
    nodes: [web1],
  });
  forge.hooks.address = `${aws.gateway.url}/webhook/home`;
});

afterEach(async () => {
  await aws?.close();
  await forge?.close();
  web1?.remove();
});

/** Pushes, and waits until its one job and the machine have ended. */
async function job(steps: string): Promise<Computer> {
  forge.steps = steps;
  await forge.push();
  await until(
    () => forge.jobs.map(({ status }) => status),
    (seen) => seen.every((status) => status === "completed"),
    180_000,
  );
  await until(
    () => aws.account.machines,
    (machines) => machines.every(({ endedAt }) => endedAt !== undefined),
  );
  const started = [...aws.computers.values()].at(-1);
  if (!started) throw new Error("no machine was switched on");
  return started.computer;
}

const live = () => {
  const file = join(web1.root, "app/live");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
};
const order = () => `dayfly deploy shop prod sha-${forge.headSha.slice(0, 7)} --wait`;
const deploys = () => aws.table.store.deploys.list({ limit: 10 });
const conclusions = () => forge.jobs.map(({ conclusion }) => conclusion);

describe("1-17 2-22 a job on a machine of ours, with the command that its stack hands out", () => {
  it("deploys its commit by the uploaded deploy API, SSM and the real deployctl, and hears that it is live", async () => {
    const computer = await job(order());
    expect({ said: computer.stepsLog(), conclusions: conclusions() }).toEqual({
      said: expect.stringContaining("live"),
      conclusions: ["success"],
    });
    expect(live()).toBe(forge.headSha);
    expect(aws.commands.commands).toHaveLength(1);
    expect(await deploys()).toMatchObject([{ app: "shop", env: "prod", release: { commit: forge.headSha } }]);
    expect(aws.tap.denied).toEqual([]);
    expect(aws.logs()).not.toContain('"level":"ERROR"');
  });

  it("uploads a bundle by the one address that it is offered, and the target fetches it by another", async () => {
    installPages(web1.root, `exec /usr/bin/curl -q --cacert ${aws.s3.certificate} "\${@:2}"\n`);
    const pack = "mkdir -p dist && printf hello >dist/index.html && tar -czf pages.tar.gz -C dist .";
    const computer = await job(
      `${pack} && dayfly deploy pages prod sha-${forge.headSha.slice(0, 7)} --bundle pages.tar.gz --wait`,
    );
    expect({ said: computer.stepsLog(), conclusions: conclusions() }).toEqual({
      said: expect.stringContaining("live"),
      conclusions: ["success"],
    });
    expect(livePage(web1.root)).toBe("hello");
    expect(aws.s3.calls.map((call) => call.split(" ")).map(([method, , status]) => `${method} ${status}`)).toEqual(
      expect.arrayContaining(["HEAD 404", "PUT 200", "GET 200"]),
    );
    expect(computer.log() + computer.stepsLog() + aws.logs()).not.toContain("X-Amz-Signature");
  });

  it("is refused in a pull request's job: nothing is stored, nothing is sent, and the job is red", async () => {
    forge.origin = { event: "pull_request", ref: "refs/pull/7/head" };
    const computer = await job(order());
    expect({ said: computer.stepsLog(), conclusions: conclusions() }).toEqual({
      said: expect.stringContaining("comes from a fork (pull_request)"),
      conclusions: ["failure"],
    });
    expect(live()).toBeUndefined();
    expect(aws.commands.commands).toEqual([]);
    expect(await deploys()).toEqual([]);
  });

  it("6-06 is given the AWS rights of a grant, as the role that the stack made for it", async () => {
    const computer = await job("dayfly credentials push-shop");
    const { SecretAccessKey: _secret, ...keys } = JSON.parse(computer.stepsLog());
    expect(keys).toMatchObject({ Version: 1, AccessKeyId: "ASIAFAKE" });
    expect(aws.sts.calls).toMatchObject([
      {
        Action: "AssumeRole",
        RoleArn: expect.stringMatching(/:role\/RunnerApiGrantpushshopRole/),
        RoleSessionName: expect.stringMatching(/^dayfly-i-/),
      },
    ]);
    expect(aws.tap.denied).toEqual([]);
    expect(computer.log() + aws.logs()).not.toContain("vended-s3cret");
  });

  it("6-06 is given none in a pull request's job, nor from another branch", async () => {
    for (const origin of [
      { event: "pull_request", ref: "refs/pull/7/head" },
      { event: "push", ref: "refs/heads/other" },
    ]) {
      forge.origin = origin;
      await job("dayfly credentials push-shop");
    }
    expect(conclusions()).toEqual(["failure", "failure"]);
    expect(aws.sts.calls).toEqual([]);
  });
});
