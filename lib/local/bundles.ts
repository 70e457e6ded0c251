import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Bundle, bundlePath, MAX_BUNDLE_BYTES } from "../core/deploy/bundle.ts";
import type { TakenBundle, TakingBundles } from "../core/deploy/deploy-ports.ts";
import { fits } from "../core/deploy/deploy-request.ts";
import type { Clock } from "../core/ports.ts";

/**
 * Bundles in a folder of this computer. Offers are signed, as a bucket's are, so that whoever reaches the port can put
 * nothing else; they end with the process that made them.
 */
export function localBundles({ folder, clock }: { readonly folder: string; readonly clock: Clock }): TakingBundles {
  const key = randomBytes(32);
  const fileOf = (bundle: Bundle) => resolve(folder, bundlePath(bundle));
  const signatureOf = (bundle: Bundle, bytes: number, until: number) =>
    createHmac("sha256", key)
      .update(`${bundlePath(bundle)}\n${bytes}\n${until}`)
      .digest();
  return {
    has: async (bundle) => existsSync(fileOf(bundle)),
    async offer(bundle, bytes, until) {
      const signature = signatureOf(bundle, bytes, until).toString("hex");
      const query = new URLSearchParams({ bytes: String(bytes), until: String(until), signature });
      return { url: `/${bundlePath(bundle)}?${query}`, headers: {} };
    },
    address: async (bundle) => fileUrl(fileOf(bundle)),
    async take(url, read) {
      const wanted = readOffer(url);
      if (!wanted) return refused("that is no address of a bundle");
      const { bundle, bytes, until, signature } = wanted;
      if (!timingSafeEqual(signatureOf(bundle, bytes, until), signature)) return refused("that was not offered");
      if (clock.now() >= until) return refused("the offer has ended");
      const body = await read();
      if (body.length !== bytes) return refused(`${bytes} bytes were announced, not ${body.length}`);
      if (`sha256:${createHash("sha256").update(body).digest("hex")}` !== bundle.digest)
        return refused("its SHA-256 is not the announced one");
      await writeWhole(fileOf(bundle), body);
      return { kind: "stored" };
    },
  };
}

/** One byte more than any bundle has: enough to see that it is too large. */
export const MAX_PUT_BYTES = MAX_BUNDLE_BYTES + 1;

function readOffer(url: string) {
  const [, app = "", hex = "", query = ""] = /^\/bundles\/([^/?]+)\/([0-9a-f]{64})\.tar\.gz\?(.*)$/.exec(url) ?? [];
  const parameters = new URLSearchParams(query);
  const signature = parameters.get("signature") ?? "";
  if (!fits("app", app) || !/^[0-9a-f]{64}$/.test(signature)) return undefined;
  return {
    bundle: { app, digest: `sha256:${hex}` },
    bytes: Number(parameters.get("bytes")),
    until: Number(parameters.get("until")),
    signature: Buffer.from(signature, "hex"),
  };
}

function refused(text: string): TakenBundle {
  return { kind: "refused", text };
}

async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = join(dirname(file), `.${randomBytes(8).toString("hex")}.new`);
  try {
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** In the characters that the grammar of a bundle's address has, whatever the folder is called. */
function fileUrl(path: string): string {
  const encode = (part: string) =>
    encodeURIComponent(part).replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
  return `file://${path.split("/").map(encode).join("/")}`;
}
