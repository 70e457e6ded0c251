import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type FakeGitea, fakeGitea } from "../../fakes/gitea/fake-gitea.ts";
import { type HostileForge, hostileForge, json, type Reply } from "../../forges/hostile-forge.ts";
import { dayfly, type Said } from "../command-line.ts";

let folder: string;
let gitea: FakeGitea;
let old: FakeGitea;
let other: HostileForge;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-start-"));
  for (const [name, text, mode] of [
    ["token", "right", 0o600],
    ["wrong", "wrong", 0o600],
    ["open", "right", 0o644],
    ["empty", "\n", 0o600],
    ["act_runner", "#!/bin/sh\nexit 0\n", 0o755],
    ["docker", "#!/bin/sh\nexit 1\n", 0o755],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  }
  gitea = await fakeGitea();
  old = await fakeGitea({ version: "1.21.11" });
  other = await hostileForge();
});
afterAll(async () => {
  for (const server of [gitea, old, other]) await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => other.replyWith(json(404, {})));

/** A command line that would serve, but for what the test puts wrong. */
function start(argv: readonly string[]): Promise<Said> {
  const usual = ["--url", gitea.url, "--token-file", "token", "--runner", "act_runner", "--trust"];
  const state = join(folder, "state");
  return dayfly(["start", ...usual, "--dir", state, ...argv], { folder, environment: { PATH: process.env.PATH } });
}

const html: Reply = (_request, response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
const redirect: Reply = (_request, response) =>
  void response.writeHead(301, { location: "https://git.example.com/" }).end();

describe("dayfly start --url, wrongly called, says in one sentence what is wrong and what to do", () => {
  it.each([
    { argv: ["--url", "git.example.com"], code: 2, says: '"git.example.com" is no address of a forge' },
    { argv: ["--url", "https://ada:pw@git.example.com"], code: 2, says: "is no address of a forge" },
    { argv: ["--url", "https://github.com"], code: 2, says: "one computer serves a Gitea; jobs of GitHub run on AWS" },
    { argv: ["--url", "http://127.0.0.1:1"], code: 3, says: "nothing answers at http://127.0.0.1:1" },
    { argv: ["--url", "http://no-such-host.invalid"], code: 3, says: "nothing answers at http://no-such-host.invalid" },
    { argv: ["--token-file", "nowhere"], code: 2, says: "there is no such file" },
    { argv: ["--token-file", "."], code: 2, says: "there is no such file" },
    { argv: ["--token-file", "open"], code: 2, says: "others may read this file" },
    { argv: ["--token-file", "empty"], code: 2, says: "this file is empty" },
    { argv: ["--token-file", "wrong"], code: 2, says: "Gitea refuses this token (401)" },
    { argv: ["--runner", "nowhere"], code: 2, says: "Gitea's own runner is not here" },
    { argv: ["--image", "x"], code: 2, says: "with --trust jobs run in no container" },
    { argv: ["--port", "70000"], code: 2, says: '"70000" is no port' },
  ])(
    "$argv",
    async ({ argv, code, says }) => {
      const { out, err, ...said } = await start(argv);
      expect({ ...said, out }).toEqual({ code, out: "" });
      expect(err.split("\n")[0]).toContain(says);
      expect(err.trimEnd().split("\n")).toHaveLength(3);
      expect(err).not.toMatch(/right|\bat .*\.ts:/);
    },
    30_000,
  );

  it.each([
    { what: "answers with a page", reply: html, code: 2, says: "is no Gitea" },
    { what: "knows no version", reply: json(404, {}), code: 2, says: "is no Gitea" },
    { what: "tells no version", reply: json(200, { version: "unknown" }), code: 2, says: "is no Gitea" },
    { what: "redirects", reply: redirect, code: 2, says: "redirects (301)" },
    { what: "fails", reply: json(502, {}), code: 3, says: "the forge failed (502)" },
    { what: "refuses", reply: json(403, {}), code: 2, says: "our token may not do this (403)" },
  ])(
    "a server that $what",
    async ({ reply, code, says }) => {
      other.replyWith(reply);
      const said = await start(["--url", other.url]);
      expect(said).toMatchObject({ code, out: "", err: expect.stringContaining(says) });
      expect(existsSync(join(folder, "state", "store.db"))).toBe(false);
    },
    30_000,
  );

  it("a Gitea that is too old to be served", async () => {
    const { code, err } = await start(["--url", old.url]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("older than 1.22") });
  });

  it("jobs in containers where Docker does not answer", async () => {
    const usual = ["start", "--url", gitea.url, "--token-file", "token", "--runner", "act_runner"];
    const { code, err } = await dayfly(usual, { folder, environment: { PATH: folder } });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("there is no Docker here") });
    expect(err).toContain("--trust: whoever may push can then do what you can");
  });
});
