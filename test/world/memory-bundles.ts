import { createHash } from "node:crypto";
import { type Bundle, bundlePath } from "../../lib/core/deploy/bundle.ts";
import type { TakingBundles } from "../../lib/core/deploy/deploy-ports.ts";
import type { Clock } from "../../lib/core/ports.ts";

export interface MemoryBundles extends TakingBundles {
  /** As a target does; undefined where nothing is there, or the address is good no longer. */
  read(address: string, at?: number): Uint8Array | undefined;
  holds(bundle: Bundle): boolean;
  /** As they expire, or somebody takes them away. */
  forget(bundle: Bundle): void;
  /** Other bytes lie in its place: a bad disk, or somebody with rights of his own. */
  spoil(bundle: Bundle): void;
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
    address: async (bundle, until) => `https://bundles.test/${bundlePath(bundle)}?until=${until}`,
    async take(url, read) {
      const offer = offers.get(url);
      const body = await read();
      const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      if (!offer || clock.now() >= offer.until || body.length !== offer.bytes || digest !== offer.bundle.digest)
        return { kind: "refused", text: "that was not offered" };
      stored.set(bundlePath(offer.bundle), body);
      return { kind: "stored" };
    },
    read(address, at = clock.now()) {
      const { pathname, searchParams } = new URL(address);
      return at < Number(searchParams.get("until")) ? stored.get(pathname.slice(1)) : undefined;
    },
    holds: (bundle) => stored.has(bundlePath(bundle)),
    forget: (bundle) => void stored.delete(bundlePath(bundle)),
    spoil: (bundle) =>
      void (stored.has(bundlePath(bundle)) && stored.set(bundlePath(bundle), Buffer.from("other files"))),
  };
}
