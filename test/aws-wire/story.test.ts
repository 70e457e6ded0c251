import { afterEach, describe, expect, it } from "@jest/globals";
import { hookSecret, type PlayedForge } from "../fakes/forges/played-forge.ts";
import { giteaToken, playedGitea } from "../fakes/forges/played-gitea.ts";
import { githubToken, playedGithub } from "../fakes/forges/played-github.ts";
import { type Cloud, cloud } from "./cloud.ts";
import { until } from "./until.ts";

const stock = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

let forge: PlayedForge;
let aws: Cloud;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function installed(played: PlayedForge, token: string): Promise<void> {
  forge = played;
  open.push(forge);
  aws = await cloud({
    config: `
stack: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }
forges: [{ name: home, kind: ${played.kind}, url: "${played.url}", token: /home/token, secret: /home/secret }]
profiles: [{ name: small, labels: [dayfly], types: [c7g.large, m7g.large] }]
`,
    parameters: { [stock]: "ami-0123456789abcdef0", "/home/token": token, "/home/secret": hookSecret },
    machineVariables: { FAKE_FORGE: played.url },
  });
  open.push(aws);
  forge.hooks.address = `${aws.gateway.url}/webhook/home`;
}

describe("1-01 1-02 from a signed delivery to a completed row, by the template, the uploaded code and the machines' own scripts", () => {
  it.each([
    { kind: "gitea", play: playedGitea, token: giteaToken },
    { kind: "github", play: playedGithub, token: githubToken },
  ])(
    "with $kind",
    async ({ play, token }) => {
      await installed(await play(), token);
      await forge.push();
      expect(forge.hooks.sent.map(({ status }) => status)).toEqual([202, 202]);

      const runs = () => aws.table.store.runs.list({ limit: 10 });
      const [run] = await until(runs, (seen) => seen.some(({ status }) => status === "completed"));
      await until(
        () => aws.account.machines,
        (machines) => machines.every(({ endedAt }) => endedAt !== undefined),
      );

      expect(run).toMatchObject({ status: "completed", conclusion: "success", jobName: "build", profile: "small" });
      expect(await runs()).toHaveLength(1);
      expect(aws.account.machines).toHaveLength(1);
      expect(forge.jobs).toMatchObject([{ status: "completed", conclusion: "success" }]);
      expect(forge.runners()).toEqual([]);

      const [started] = aws.computers.values();
      if (!started) throw new Error("no machine was switched on");
      const { computer, metadata } = started;
      expect(computer.commands().at(-1)).toBe("shutdown -P now");
      expect(computer.log()).toContain("Claimed a run.");
      expect(computer.log()).toContain("Reported: job-done, code 0.");
      expect(metadata.refusals).toEqual([]);
      expect({ refusals: aws.gateway.refusals, problems: forge.problems }).toEqual({ refusals: [], problems: [] });
      expect(aws.tap.denied).toEqual([]);
      expect(aws.logs()).not.toContain('"level":"ERROR"');
    },
    120_000,
  );
});
