import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { small } from "./synth.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-app-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What `cdk synth -c config=FILE` runs; no account, no credentials, and a network that leads nowhere. */
function runApp(text: string | undefined) {
  const config = join(folder, "dayfly.yaml");
  if (text !== undefined) writeFileSync(config, text);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CDK_OUTDIR: join(folder, "out"),
    CDK_CONTEXT_JSON: JSON.stringify({ config }),
    HTTPS_PROXY: "http://127.0.0.1:9",
  };
  const { status, stderr } = spawnSync("node", ["bin/stack.mjs"], { env, encoding: "utf8" });
  return { status, stderr: stderr.replaceAll(folder, "") };
}

describe("synthesis", () => {
  it("needs no account and no network", () => {
    expect(runApp(small)).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, "out"))).toContain("dayfly.template.json");
  });

  it("1-06 names all that is missing, with its line, and makes nothing", () => {
    const { status, stderr } = runApp(
      "forges: [{ name: g, kind: gitea, url: https://g }]\nprofiles: [{ name: a, labels: [x] }]\n",
    );
    expect(status).toBe(2);
    expect(stderr.split("\n")).toEqual(
      expect.arrayContaining([
        "/dayfly.yaml:1:1 stack.region: is missing: the region to deploy to",
        "/dayfly.yaml:1:10 forges[0].secret: is missing: the parameter with the webhook's secret",
        "/dayfly.yaml:2:12 profiles[0].types: is missing: EC2 instance types such as c7g.large",
      ]),
    );
    expect(existsSync(join(folder, "out", "dayfly.template.json"))).toBe(false);
  });

  it("says that there is no such file", () => {
    expect(runApp(undefined)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("/dayfly.yaml cannot be read (ENOENT): copy docs/examples/dayfly.yaml there"),
    });
  });
});
