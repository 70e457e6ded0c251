import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { holdLock } from "../../lib/local/lock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is held by one at a time, and free again when let go", () => {
  const path = join(folder, "lock.db");
  const release = holdLock(path);
  expect(release).toBeDefined();
  expect(holdLock(path)).toBeUndefined();
  release?.();
  const again = holdLock(path);
  expect(again).toBeDefined();
  again?.();
});

it("is free when its process was killed", async () => {
  const path = join(folder, "lock.db");
  const libsql = createRequire(import.meta.url).resolve("libsql");
  const program = `const D=require(${JSON.stringify(libsql)});const f=new D(${JSON.stringify(path)});f.exec("BEGIN EXCLUSIVE");console.log("held");setInterval(()=>f.open,1000)`;
  const other = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(other.stdout, "data");
  expect(holdLock(path)).toBeUndefined();
  other.kill("SIGKILL");
  await once(other, "exit");
  const release = holdLock(path);
  expect(release).toBeDefined();
  release?.();
});
