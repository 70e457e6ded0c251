import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type FakeGitea, type FakeGiteaOptions, fakeGitea } from "../../fakes/gitea/fake-gitea.ts";
import { dayfly, type Said } from "../command-line.ts";

const TO = "https://ci.example.com/webhook/home";

let folder: string;
let runner: string;
let gitea: FakeGitea | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-setup-"));
  runner = join(folder, "act_runner");
  writeFileSync(runner, "#!/bin/sh\nexit 0\n");
  chmodSync(runner, 0o755);
});
afterEach(async () => {
  await gitea?.close();
  gitea = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function setUp(
  argv: readonly string[],
  { pasted = "right", ...options }: FakeGiteaOptions & { pasted?: string } = {},
): Promise<Said> {
  gitea ??= await fakeGitea(options);
  return dayfly(["setup", "gitea", "--url", gitea.url, "--runner", runner, "--trust", "acme/shop", ...argv], {
    folder,
    environment: { DAYFLY_DIR: join(folder, "state"), PATH: process.env.PATH },
    askSecret: async () => pasted || undefined,
  });
}

describe("dayfly setup gitea", () => {
  it("asks for a token, proves it, makes the webhook, and ends with the command that serves", async () => {
    const { code, out } = await setUp([]);

    expect(code).toBe(0);
    expect(out.replaceAll(folder, "F").replaceAll(gitea?.url ?? "", "URL")).toBe(
      `ok        the token is in F/gitea.token
ok        Gitea 1.26.3 at URL takes the token
ok        acme/shop: a runner was registered, and removed again
ok        a secret for webhooks is in F/state/secret
created   acme/shop → http://127.0.0.1:4321/webhook/gitea (push, pull_request, workflow_job)
Next:
  npx dayfly start --url URL --token-file F/gitea.token --runner F/act_runner --trust
`,
    );
    expect(gitea?.runners).toEqual([]);
    expect(gitea?.hooks).toMatchObject([{ secret: readFileSync(join(folder, "state", "secret"), "utf8") }]);
  });

  it("5-07 writes files of mode 600, and shows no secret", async () => {
    const { out, err } = await setUp([], { token: "pasted-s3cr3t", pasted: "pasted-s3cr3t" });
    const secret = readFileSync(join(folder, "state", "secret"), "utf8");

    expect(readFileSync(join(folder, "gitea.token"), "utf8")).toBe("pasted-s3cr3t");
    for (const name of ["gitea.token", "state/secret"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(out + err).not.toContain("s3cr3t");
    expect(out + err).not.toContain(secret);
  });

  it("called again it changes nothing", async () => {
    await setUp([]);
    const hooks = structuredClone(gitea?.hooks);
    const { code, out } = await setUp([], { pasted: "" });

    expect({ code, hooks: gitea?.hooks }).toEqual({ code: 0, hooks });
    expect(out).toContain("present   acme/shop");
  });

  it("for AWS ends with what brings the secrets there, each from its file", async () => {
    const { code, out } = await setUp(["--to", TO]);

    expect(code).toBe(0);
    expect(
      out
        .slice(out.indexOf("Next:"))
        .replaceAll(folder, "F")
        .replaceAll(gitea?.url ?? "", "URL"),
    ).toBe(`Next: bring the secrets to AWS, each from its file,
  aws ssm put-parameter --type SecureString --name /dayfly/home/token --value file://F/gitea.token
  aws ssm put-parameter --type SecureString --name /dayfly/home/secret --value file://F/webhook.secret
write this into dayfly.yaml,
  forges:
    - { name: home, kind: gitea, url: URL, token: /dayfly/home/token, secret: /dayfly/home/secret, allow: ["acme/shop"] }
and deploy:
  npx cdk deploy
`);
    expect(gitea?.hooks).toMatchObject([{ config: { url: expect.stringMatching(`^${TO}#`) } }]);
  });

  it("before the first deployment makes no webhook, and ends with the command that will", async () => {
    const { code, out } = await setUp(["--aws"]);
    expect({ code, hooks: gitea?.hooks }).toEqual({ code: 0, hooks: [] });
    expect(
      out
        .slice(out.indexOf("Then,"))
        .replaceAll(folder, "F")
        .replaceAll(gitea?.url ?? "", "URL"),
    ).toBe(
      "Then, with the WebhookAddress that this prints:\n" +
        "  npx dayfly hooks add acme/shop --url URL --token-file F/gitea.token --secret-file F/webhook.secret --to <WebhookAddress>home\n",
    );
  });

  it("does not keep a token that the Gitea refuses", async () => {
    const { code, err } = await setUp([], { pasted: "wrong" });
    expect({ code, kept: existsSync(join(folder, "gitea.token")) }).toEqual({ code: 2, kept: false });
    expect(err).toContain("Gitea refuses this token (401)");
  });

  it.each([
    { what: "no token", over: { pasted: "" }, code: 2, says: "no token was given" },
    { what: "a token of two words", over: { pasted: "a b" }, code: 2, says: "a token has no spaces" },
    { what: "a repository that is not there", over: { repositories: [] }, code: 2, says: "not there, or our token" },
    {
      what: "a token that may register no runner",
      over: { refuses: ["/repos/acme/shop/actions/"] },
      code: 2,
      says: "its owner must administrate",
    },
    {
      what: "a token that may make no webhook",
      over: { refuses: ["/repos/acme/shop/hooks"] },
      code: 2,
      says: "scope write:repository",
    },
  ])("$what: exit code $code, with the cure", async ({ over, code, says }) => {
    expect(await setUp([], over)).toMatchObject({ code, err: expect.stringContaining(says) });
    expect(gitea?.hooks).toEqual([]);
  });

  it("says what an old Gitea cannot do, and leaves no runner behind that it could not remove", async () => {
    const { code, err } = await setUp([], { version: "1.23.8" });
    expect(code).toBe(0);
    expect(err).toContain("before 1.25 Gitea cannot list its jobs");
    expect(gitea?.requests.filter((request) => request.includes("Register"))).toEqual([]);
  });

  it("asks for nothing where Gitea's runner is missing", async () => {
    gitea = await fakeGitea();
    const { code, err } = await setUp(["--runner", "nowhere"]);
    expect({ code, requests: gitea.requests }).toEqual({ code: 2, requests: [] });
    expect(err).toContain("Gitea's own runner is not here");
  });
});
