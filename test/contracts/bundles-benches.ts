import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { s3Bundles } from "../../lib/aws/bundles.ts";
import { localBundles } from "../../lib/local/bundles.ts";
import { s3Server } from "../fakes/s3/server.ts";
import { memoryBundles } from "../world/memory-bundles.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import type { BundlesBench } from "./bundles-contract.ts";

type Closing = { close(): Promise<void> };

export async function memoryBundlesBench(): Promise<BundlesBench & Closing> {
  const clock = virtualClock();
  const bundles = memoryBundles(clock);
  return {
    bundles,
    now: clock.now,
    advance: (seconds) => clock.advance(seconds),
    put: async ({ url }, body) => (await bundles.take(url, async () => body)).kind === "stored",
    get: async (address) => bundles.read(address),
    close: async () => {},
  };
}

/** In a folder whose name would mean something to a shell, a URL and a pattern. */
export async function localBundlesBench(): Promise<BundlesBench & Closing> {
  const folder = mkdtempSync(join(tmpdir(), "dayfly $(id) 'ü'?&;#%20-"));
  const clock = virtualClock();
  const bundles = localBundles({ folder, clock });
  return {
    bundles,
    now: clock.now,
    advance: (seconds) => clock.advance(seconds),
    put: async ({ url }, body) => (await bundles.take(url, async () => body)).kind === "stored",
    get: (address) => readFile(fileURLToPath(address)).catch(() => undefined),
    close: async () => rmSync(folder, { recursive: true }),
  };
}

/** Amazon's own check of a signature, in a server of ours. */
export async function s3BundlesBench(): Promise<BundlesBench & Closing> {
  const clock = virtualClock(Date.UTC(2026, 0, 2));
  const identity = {
    accessKeyId: "ASIAFUNCTION",
    secretAccessKey: "secret/of+the=function",
    sessionToken: `token/+=${"t".repeat(900)}`,
    arn: "arn:aws:sts::123456789012:assumed-role/api/function",
    expiresAt: clock.now() + 3_600_000,
  };
  const s3 = await s3Server({ region: "eu-central-1", identity, clock });
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const access = { region: "eu-central-1", accessKeyId, secretAccessKey, sessionToken, endpoint: s3.url };
  return {
    bundles: s3Bundles({ bucket: "dayfly-bundles-1a2b3c", access, clock }),
    now: clock.now,
    advance: (seconds) => clock.advance(seconds),
    async put({ url, headers }, body) {
      const response = await fetch(url, { method: "PUT", headers, body: new Blob([Uint8Array.from(body)]) });
      return response.ok;
    },
    async get(address) {
      const response = await fetch(address);
      return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
    },
    close: s3.close,
  };
}
