import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

const launcher = fileURLToPath(new URL("../../bin/dayfly.mjs", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function launch(argv: readonly string[], { PATH = process.env.PATH ?? "", node = [] as string[] } = {}) {
  const env = { PATH, HOME: folder };
  return spawnSync(process.execPath, [...node, launcher, ...argv], { encoding: "utf8", env, cwd: folder });
}

describe("bin/dayfly.mjs", () => {
  it.each([
    { version: "18.20.1", starts: false },
    { version: "20.18.3", starts: false },
    { version: "20.19.0", starts: true },
    { version: "24.0.0", starts: true },
  ])("on Node $version starts: $starts", ({ version, starts }) => {
    const preload = join(folder, "version.cjs");
    writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    const { status, stderr } = launch(["docs"], { node: ["--require", preload] });
    expect(status).toBe(starts ? 0 : 3);
    expect(stderr).toBe(
      starts ? "" : `dayfly needs Node 20.19 or newer; this is ${version}. Get one from https://nodejs.org.\n`,
    );
  });

  it("hands on the exit code of the command", () => {
    expect(launch(["dosc"]).status).toBe(2);
  });

  it("says in one sentence that git is missing", () => {
    const { status, stderr } = launch(["start", "--demo", "--port", "0"], { PATH: folder });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error git is not installed, or not on the PATH\n/);
  });
});
