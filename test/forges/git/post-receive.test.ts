import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { installHook } from "../../../lib/forges/git/install-hook.ts";
import { pendingPushes } from "../../../lib/forges/git/spool.ts";
import { hookProgram } from "./hook-program.ts";
import { type ScratchRepository, scratchBare, scratchRepository } from "./scratch-repository.ts";

const secret = "0123456789abcdef0123456789abcdef";
const zeros = "0".repeat(40);

interface Delivery {
  readonly signature: string | undefined;
  readonly body: string;
}

let work: ScratchRepository;
let bare: ReturnType<typeof scratchBare>;
let server: Server;
let deliveries: Delivery[];
let answer: number;

beforeEach(async () => {
  work = scratchRepository();
  bare = scratchBare();
  deliveries = [];
  answer = 202;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      deliveries.push({ signature: request.headers["x-hub-signature-256"] as string, body });
      response.writeHead(answer).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await install();
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  work.remove();
  bare.remove();
});

function install(): Promise<void> {
  const port = (server.address() as AddressInfo)?.port ?? 1;
  const url = `http://127.0.0.1:${port}/webhook/here`;
  return installHook(bare.path, { url, secret, name: "local/shop", program: hookProgram() });
}

/** Pushes without blocking: the server above answers from this very process. */
async function push(...argv: string[]): Promise<{ code: number | null; talk: string }> {
  const child = spawn("git", ["push", "--quiet", bare.path, ...argv], {
    cwd: work.path,
    env: { PATH: process.env.PATH, HOME: work.path, GIT_CONFIG_NOSYSTEM: "1", GIT_DIR: join(work.path, ".git") },
  });
  let talk = "";
  child.stderr.on("data", (chunk) => {
    talk += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, talk };
}

const noted = () => pendingPushes(bare.path).map(({ ref, before, after, base }) => ({ ref, before, after, base }));

describe("a push to a repository of ours", () => {
  it("is noted and told, signed, in the same words", async () => {
    const after = work.commit({ "a.txt": "1" });

    const { code, talk } = await push("main");

    expect({ code, talk }).toEqual({ code: 0, talk: "" });
    const [first] = pendingPushes(bare.path);
    expect(first).toMatchObject({ pushId: "1", ref: "refs/heads/main", before: zeros, after, base: "root" });
    expect(deliveries.map(({ body }) => JSON.parse(body))).toEqual([first]);
    const digest = createHmac("sha256", secret).update(deliveries[0]!.body).digest("hex");
    expect(deliveries[0]?.signature).toBe(`sha256=${digest}`);
  });

  it("notes updates, forced ones and deletions", async () => {
    const first = work.commit({ "a.txt": "1" });
    const second = work.commit({ "a.txt": "2" });
    await push("main");
    work.git("reset", "--quiet", "--hard", first);
    await push("+main");
    await push("main:other");
    await push("--delete", "other");

    expect(noted()).toEqual([
      { ref: "refs/heads/main", before: zeros, after: second, base: "root" },
      { ref: "refs/heads/main", before: second, after: first },
      { ref: "refs/heads/other", before: zeros, after: first, base: "none" },
      { ref: "refs/heads/other", before: first, after: zeros },
    ]);
  });

  it("notes where a new branch leaves what was known, in one push of several refs", async () => {
    const fork = work.commit({ "a.txt": "1" });
    await push("main");
    work.git("checkout", "--quiet", "-b", "one");
    const one = work.commit({ "b.txt": "1" });
    work.git("checkout", "--quiet", "-b", "two");
    const two = work.commit({ "c.txt": "1" });

    await push("one", "two");

    expect(noted().slice(1)).toEqual([
      { ref: "refs/heads/one", before: zeros, after: one, base: fork },
      { ref: "refs/heads/two", before: zeros, after: two, base: fork },
    ]);
    expect(deliveries).toHaveLength(3);
  });

  it("notes a tag by the commit that it names", async () => {
    const after = work.commit({ "a.txt": "1" });
    work.git("tag", "-a", "v1", "-m", "one");
    work.git("tag", "v2");

    await push("v1", "v2");

    expect(noted()).toEqual([
      { ref: "refs/tags/v1", before: zeros, after },
      { ref: "refs/tags/v2", before: zeros, after },
    ]);
  });

  it("notes how many tags came at once, for GitHub makes no event of many", async () => {
    work.commit({ "a.txt": "1" });
    for (const tag of ["v1", "v2", "v3", "v4"]) work.git("tag", tag);

    await push("main", "--tags");

    const counts = pendingPushes(bare.path).map(({ ref, tags }) => [ref.split("/")[1], tags]);
    expect(counts).toEqual([["heads", undefined], ...Array(4).fill(["tags", 4])]);
  });

  it("notes no other refs", async () => {
    work.commit({ "a.txt": "1" });
    work.git("update-ref", "refs/notes/x", "HEAD");

    await push("refs/notes/x");

    expect(noted()).toEqual([]);
    expect(deliveries).toEqual([]);
  });

  it.each(["$(touch${IFS}pwned)", "--upload-pack=pwned", "`touch${IFS}pwned`", ";touch${IFS}pwned", "'\"|&<>%ä"])(
    "T12 executes nothing of a branch called %s",
    async (name) => {
      const after = work.commit({ "a.txt": "1" });

      const { code } = await push(`HEAD:refs/heads/${name}`);

      expect(code).toBe(0);
      expect(noted()).toMatchObject([{ ref: `refs/heads/${name}`, after }]);
      expect(JSON.parse(deliveries[0]!.body).ref).toBe(`refs/heads/${name}`);
      expect([...readdirSync(bare.path), ...readdirSync(work.path)].filter((file) => file.includes("pwned"))).toEqual(
        [],
      );
    },
  );

  it("takes a number of its own, however many push at the same time", async () => {
    work.commit({ "a.txt": "1" });

    await Promise.all(["a", "b", "c", "d", "e"].map((name) => push(`main:${name}`)));

    const pushes = pendingPushes(bare.path);
    expect(pushes.map(({ pushId }) => pushId)).toEqual(["1", "2", "3", "4", "5"]);
    expect(new Set(pushes.map(({ ref }) => ref)).size).toBe(5);
  });

  it("succeeds while the server is down, and one line says that it is noted", async () => {
    await new Promise((resolve) => server.close(resolve));
    work.commit({ "a.txt": "1" });

    const { code, talk } = await push("main");

    expect(code).toBe(0);
    expect(talk.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^remote: dayfly: dayfly is not running; the push is noted and will be picked up/),
    ]);
    expect(noted()).toHaveLength(1);
    server.listen(0);
  });

  it("succeeds when the server refuses it", async () => {
    answer = 503;
    work.commit({ "a.txt": "1" });

    const { code, talk } = await push("main");

    expect(code).toBe(0);
    expect(talk).toContain("dayfly answered 503; the push is noted");
    expect(noted()).toHaveLength(1);
  });

  it("succeeds when it cannot be noted, and says so", async () => {
    writeFileSync(join(bare.path, "dayfly/pushes"), "no folder");
    work.commit({ "a.txt": "1" });

    const { code, talk } = await push("main");

    expect(code).toBe(0);
    expect(talk).toContain("dayfly: could not note this push");
  });

  it("works after the repository has moved", async () => {
    const moved = `${bare.path}-moved`;
    renameSync(bare.path, moved);
    const old = bare;
    bare = { ...bare, path: moved, remove: () => rmSync(moved, { recursive: true }) };
    work.commit({ "a.txt": "1" });

    await push("main");

    expect(noted()).toHaveLength(1);
    old.remove();
  });

  it("is noted although the pusher keeps a hooks folder of his own", async () => {
    work.git("config", "--global", "core.hooksPath", "/nonexistent");
    work.commit({ "a.txt": "1" });

    await push("main");

    expect(noted()).toHaveLength(1);
  });
});

describe("setting a repository up", () => {
  it("keeps its id when done again", async () => {
    const before = JSON.parse(readFileSync(join(bare.path, "dayfly/hook.json"), "utf8"));

    await install();

    expect(JSON.parse(readFileSync(join(bare.path, "dayfly/hook.json"), "utf8"))).toEqual(before);
    expect(before.repository.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("keeps the secret from other users", () => {
    expect(statSync(join(bare.path, "dayfly")).mode & 0o077).toBe(0);
    expect(statSync(join(bare.path, "dayfly/hook.json")).mode & 0o077).toBe(0);
  });

  it("refuses to replace a hook of somebody else", async () => {
    writeFileSync(join(bare.path, "hooks/post-receive"), "#!/bin/sh\necho mine\n");

    await expect(install()).rejects.toThrow("somebody else");
    expect(readFileSync(join(bare.path, "hooks/post-receive"), "utf8")).toContain("mine");
  });

  it("is done again though a git that was killed has left the configuration locked", async () => {
    writeFileSync(join(bare.path, "config.lock"), "");

    await expect(install()).resolves.toBeUndefined();
  });

  it("writes a hook that starts nothing but node, whatever node's path is", () => {
    const script = join(bare.path, "hooks/post-receive");
    const checked = spawnSync("sh", ["-n", script], { encoding: "utf8" });

    expect(checked.status).toBe(0);
    expect(readFileSync(script, "utf8")).toContain(`node='${process.execPath}'`);
    expect(existsSync(join(bare.path, "dayfly/post-receive.mjs"))).toBe(true);
  });
});
