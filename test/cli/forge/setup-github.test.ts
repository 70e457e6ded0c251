import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type GithubServer, githubServer } from "../../fakes/github/github-server.ts";
import { dayfly, type Said } from "../command-line.ts";

let folder: string;
let github: GithubServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-setup-"));
  github = await githubServer();
});
afterEach(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

const TO = "https://ci.example.com/webhook/hub";

/** What a person's browser does with the page: reads the form, hands it to GitHub, follows where GitHub sends it. */
async function press(page: string): Promise<Response> {
  const text = await (await fetch(page)).text();
  const unescaped = text.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const action = /action="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const manifest = /name="manifest" value="(\{.*\})"/.exec(unescaped)?.[1] ?? "";
  return fetch(action, { method: "POST", body: new URLSearchParams({ manifest }) });
}

async function setUp(
  argv: readonly string[],
  browser: (page: string) => Promise<unknown> = press,
  untilInterrupted = () => new AbortController().signal,
): Promise<Said> {
  return dayfly(["setup", "github", "--url", github.url, ...argv], {
    folder,
    untilInterrupted,
    onSaid(line) {
      const page = /Open (\S+) in your browser/.exec(line)?.[1];
      if (page !== undefined) void browser(page);
    },
  });
}

function kept(name: string): string {
  return readFileSync(join(folder, "github-app", name), "utf8");
}

describe("dayfly setup github", () => {
  it("5-07 makes an App with the least rights, waits until it is installed, and proves that it registers runners", async () => {
    github.fake.state.installsAfter = 1;
    const { code, out } = await setUp(["--org", "acme", "--to", TO, "acme/shop"]);

    expect(code).toBe(0);
    expect(github.manifests).toEqual([
      {
        path: "/organizations/acme/settings/apps/new",
        manifest: expect.objectContaining({
          public: false,
          hook_attributes: { url: TO },
          default_events: ["push", "pull_request", "workflow_job"],
          default_permissions: {
            actions: "write",
            administration: "write",
            contents: "read",
            metadata: "read",
            pull_requests: "read",
            statuses: "write",
          },
        }),
      },
    ]);
    expect(out).toContain("ok        App 4711 is made");
    expect(out).toContain("ok        acme/shop: the App is installed");
    expect(out).toContain("ok        acme/shop: a runner was registered, and removed again");
    expect(github.fake.state.runners.size).toBe(0);
    expect(github.fake.problems).toEqual([]);
  });

  it("keeps key and secret in files of mode 600, and shows neither", async () => {
    const { out, err } = await setUp(["--to", TO, "acme/shop"]);

    expect(kept("key.pem")).toBe(github.fake.appKey);
    expect(kept("webhook.secret")).toBe("wh-s3cr3t");
    for (const name of ["key.pem", "webhook.secret", "app.json"])
      expect(statSync(join(folder, "github-app", name)).mode & 0o777).toBe(0o600);
    expect(out + err).not.toMatch(/s3cr3t|PRIVATE KEY/);
  });

  it("ends with the commands that bring it to AWS", async () => {
    const { out } = await setUp(["--to", TO, "acme/shop"]);
    expect(
      out.slice(out.indexOf("Next:")).replaceAll(folder, "F"),
    ).toBe(`Next: bring the secrets to AWS, each from its file,
  aws ssm put-parameter --type SecureString --name /dayfly/hub/key --value file://F/github-app/key.pem
  aws ssm put-parameter --type SecureString --name /dayfly/hub/secret --value file://F/github-app/webhook.secret
write this into dayfly.yaml,
  forges:
    - { name: hub, kind: github, url: ${github.url}, app: { id: "4711", key: /dayfly/hub/key }, secret: /dayfly/hub/secret, allow: ["acme/shop"] }
and deploy:
  npx cdk deploy
`);
  });

  it("without an address the App sends nothing yet, and the last command changes that", async () => {
    const { out } = await setUp(["acme/shop"]);
    expect(github.manifests[0]?.manifest.hook_attributes).toEqual({ url: "https://example.com", active: false });
    expect(out).toMatch(/npx dayfly hooks add --everything --url \S+ --app 4711 --key-file \S+ --secret-file \S+ --to/);
  });

  it("uses the App that an earlier call made", async () => {
    await setUp(["--to", TO, "acme/shop"]);
    const { code, out } = await setUp(["--to", TO, "acme/shop"]);

    expect({ code, made: github.manifests.length }).toEqual({ code: 0, made: 1 });
    expect(out).toContain("found     the App of an earlier call");
  });

  it("takes no code that comes with another word than its own, and is no page for other host names", async () => {
    const answers: number[] = [];
    const { code } = await setUp(["--to", TO, "acme/shop"], async (page) => {
      answers.push((await fetch(`${page}made?code=evil&state=${"0".repeat(32)}`)).status);
      answers.push((await fetch(`${page}made?code=evil`)).status);
      answers.push((await fetch(page.replace("127.0.0.1", "localhost"))).status);
      await press(page);
    });
    expect({ code, answers }).toEqual({ code: 0, answers: [400, 400, 403] });
  });

  it("says that a code is used up", async () => {
    const { code, err } = await setUp(["--to", TO, "acme/shop"], async (page) => {
      const word = /state=([0-9a-f]{32})/.exec(await (await fetch(page)).text())?.[1];
      await fetch(`${page}made?code=used&state=${word}`);
    });
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("GitHub does not know this code (any more)"),
    });
  });

  it("stops when it is told to, and says how to go on", async () => {
    const stop = new AbortController();
    const { code, err } = await setUp(
      ["--to", TO, "acme/shop"],
      async () => stop.abort(),
      () => stop.signal,
    );
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("nobody made the App") });
  });

  it.each([
    { argv: ["shop"], code: 2, says: '"shop" is no owner/name' },
    { argv: ["acme/shop", "--to", "nowhere"], code: 2, says: "nowhere is no address of Dayfly's" },
    { argv: ["acme/shop", "--port", "x"], code: 2, says: '"x" is no port' },
    { argv: ["acme/shop", "--url", "github"], code: 2, says: '"github" is no address of a forge' },
  ])("$argv ends with $code: $says", async ({ argv, code, says }) => {
    expect(await setUp(argv)).toMatchObject({ code, err: expect.stringContaining(says) });
  });
});
