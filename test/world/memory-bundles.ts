import { createHash } from "node:crypto";
import { type Bundle, bundlePath } from "../../lib/core/deploy/bundle.ts";
import type { TakingBundles } from "../../lib/core/deploy/deploy-ports.ts";
import type { Clock } from "../../lib/core/ports.ts";

export interface MemoryBundles extends TakingBundles {
  read(address: string): Uint8Array | undefined;
  /** As they expire, or somebody takes them away. */
  forget(bundle: Bundle): void;
}

export function memoryBundles(clock: Clock): MemoryBundles {
  const stored = new Map<string, Uint8Array>();
  const offers = new Map<string, { bundle: Bundle; bytes: number; until: number }>();
  return {
    has: async (bundle) => stored.has(bundlePath(bundle)),
    async offer(bundle, bytes, until) {
      const url = `/${bundlePath(bundle)}?offer=${offers.size + 1}`;
      offers.set(url, { bundle, bytes, until });
      return { url, headers: {} };
    },
    address: async (bundle) => `file:///${bundlePath(bundle)}`,
    async take(url, read) {
      const offer = offers.get(url);
      const body = await read();
      const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      if (!offer || clock.now() >= offer.until || body.length !== offer.bytes || digest !== offer.bundle.digest)
        return { kind: "refused", text: "that was not offered" };
      stored.set(bundlePath(offer.bundle), body);
      return { kind: "stored" };
    },
    read: (address) => stored.get(address.replace("file:///", "")),
    forget: (bundle) => void stored.delete(bundlePath(bundle)),
  };
}
