import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const checkout = process.cwd();
const page = readFileSync("docs/deploy.md", "utf8");
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
let folder: string;
let server: ChildProcess;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-page-"));
  mkdirSync(join(folder, "bin"));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${checkout}/bin/dayfly.mjs" "$@"\n`;
  writeFileSync(join(folder, "bin/dayfly"), program, { mode: 0o755 });
});
afterAll(async () => {
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(folder, { recursive: true });
});

/** The second terminal of the page. */
async function serve(): Promise<void> {
  server = spawn("bash", ["-c", "exec dayfly start --port 0"], { cwd: folder, env: surroundings(), stdio: "pipe" });
  let told = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      told += chunk;
      if (told.includes("http://127.0.0.1")) resolve();
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", () => reject(new Error(told)));
  });
}

function surroundings() {
  return { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, DAYFLY_CHECKOUT: checkout, NO_COLOR: "1" };
}

/** As a person would: one block after the other, in one folder. */
function run(block: number) {
  const env = surroundings();
  const ran = spawnSync("bash", ["-euo", "pipefail", "-c", blocks[block] ?? "exit 9"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { code: ran.status, text: `${ran.stdout}\n${ran.stderr}` };
}

describe("docs/deploy.md, every command of its first part as it stands", () => {
  it("holds the blocks that are tried here", () => {
    expect(blocks).toHaveLength(6);
  });

  it("makes a target and an application", () => {
    expect(run(0)).toMatchObject({ code: 0 });
    expect(run(1)).toMatchObject({ code: 0 });
  });

  it("is served", async () => {
    await serve();
  });

  it("2-05 2-30 deploys, shows, checks, rolls back and lists", () => {
    const { code, text } = run(2);
    expect({ code, text }).toMatchObject({ code: 0 });
    expect(text).toMatch(/sha-2222222/);
    expect(readFileSync(join(folder, "app/live"), "utf8")).toBe(`${"1".repeat(40)}\n`);
  });

  it("3-03 shows what somebody changed by hand as drift", () => {
    expect(run(3)).toMatchObject({ code: 0, text: expect.stringMatching(/^differs: 1$/m) });
  });

  it("3-16 rolls back what is healthy but of another commit", () => {
    expect(run(4)).toMatchObject({ code: 0, text: expect.stringMatching(/^ended with 1$/m) });
  });

  it("1-17 uploads files and makes them live without an image", () => {
    const { code, text } = run(5);
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringMatching(/^hello$/m) });
    expect(text).toMatch(/Bundle sha256:[0-9a-f]{64} is stored/);
  });
});
