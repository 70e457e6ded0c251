import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { localBundles } from "../../lib/local/bundles.ts";
import { virtualClock } from "../world/virtual-clock.ts";

const bytes = Buffer.from("the files of a release");
const bundle = { app: "shop", digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-bundles-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("an address of this computer's bundles", () => {
  it.each([
    { what: "another app", change: (url: string) => url.replace("/shop/", "/till/") },
    { what: "another file", change: (url: string) => url.replace(/[0-9a-f]{64}\.tar/, `${"0".repeat(64)}.tar`) },
    { what: "another length", change: (url: string) => url.replace("bytes=22", "bytes=104857600") },
    { what: "a later end", change: (url: string) => url.replace(/until=\d+/, "until=9999999999999") },
    { what: "no signature", change: (url: string) => url.replace(/&signature=.*/, "") },
    { what: "a way out of the folder", change: (url: string) => url.replace("/shop/", "/../") },
    { what: "its time over", change: (url: string) => url, seconds: 60 },
  ])("with $what takes nothing, and reads nothing of what is sent", async ({ change, seconds = 0 }) => {
    const clock = virtualClock();
    const bundles = localBundles({ folder, clock });
    const { url } = await bundles.offer(bundle, bytes.length, clock.now() + 60_000);
    clock.advance(seconds);
    let read = 0;
    const taken = await bundles.take(change(url), async () => {
      read++;
      return bytes;
    });
    expect([taken.kind, read, await bundles.has(bundle)]).toEqual(["refused", 0, false]);
  });
});
