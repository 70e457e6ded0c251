import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import type { Bundle } from "../../lib/core/deploy/bundle.ts";
import type { BundleOffer, Bundles } from "../../lib/core/deploy/deploy-ports.ts";
import { fits } from "../../lib/core/deploy/deploy-request.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";

export interface BundlesBench {
  readonly bundles: Bundles;
  now(): number;
  advance(seconds: number): void;
  /** As a job uploads: was it stored? */
  put(offer: BundleOffer, body: Uint8Array): Promise<boolean>;
  /** As a target fetches; undefined where it gets nothing. */
  get(address: string): Promise<Uint8Array | undefined>;
}

export function bundlesContract(adapter: string, make: MakeBench<BundlesBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const files = Buffer.from("the files of a release");
const bundleOf = (body: Uint8Array, app = "shop"): Bundle => ({
  app,
  digest: `sha256:${createHash("sha256").update(body).digest("hex")}`,
});
const ours = bundleOf(files);

const offered = ({ bundles, now }: BundlesBench, body: Uint8Array = files) =>
  bundles.offer(bundleOf(body), body.length, now() + 60_000);

const contract: Contract<BundlesBench> = {
  port: "bundles",
  cases: [
    {
      promise: "what was put to an offered address is there, byte for byte",
      async prove(bench) {
        expect(await bench.bundles.has(ours)).toBe(false);
        expect(await bench.put(await offered(bench), files)).toBe(true);
        expect(await bench.bundles.has(ours)).toBe(true);
        const address = await bench.bundles.address(ours, bench.now() + 60_000);
        expect(Buffer.from((await bench.get(address)) ?? [])).toEqual(files);
      },
    },
    {
      promise: "an address is of our grammar, whatever the place is called",
      async prove({ bundles, now }) {
        expect(fits("bundle", await bundles.address(ours, now() + 60_000))).toBe(true);
      },
    },
    {
      promise: "the same bundle may be put twice",
      async prove(bench) {
        const offer = await offered(bench);
        expect(await bench.put(offer, files)).toBe(true);
        expect(await bench.put(offer, files)).toBe(true);
        expect(await bench.bundles.has(ours)).toBe(true);
      },
    },
    {
      promise: "other bytes of the same length are not stored: the digest is checked where they arrive",
      async prove(bench) {
        expect(await bench.put(await offered(bench), Buffer.from(files).fill("x", 0, 3))).toBe(false);
        expect(await bench.bundles.has(ours)).toBe(false);
      },
    },
    {
      promise: "more bytes than were announced, or fewer, are not stored",
      async prove(bench) {
        expect(await bench.put(await offered(bench), Buffer.concat([files, files]))).toBe(false);
        expect(await bench.put(await offered(bench), files.subarray(1))).toBe(false);
        expect(await bench.bundles.has(ours)).toBe(false);
      },
    },
    {
      promise: "an offer ends when it said",
      async prove(bench) {
        const offer = await offered(bench);
        bench.advance(61);
        expect(await bench.put(offer, files)).toBe(false);
        expect(await bench.bundles.has(ours)).toBe(false);
      },
    },
    {
      promise: "an offer for one app, bundle or size cannot be made one for another",
      async prove(bench) {
        const offer = await offered(bench);
        const other = bundleOf(Buffer.from("others"));
        const bent = [
          offer.url.replace("/shop/", "/blog/"),
          offer.url.replace("/shop/", "/../shop/"),
          offer.url.replace(ours.digest.slice(7), other.digest.slice(7)),
          offer.url.replace(/([0-9a-f])$/, (last) => (last === "0" ? "1" : "0")),
          offer.url.replace(/\?.*/, ""),
        ];
        for (const url of bent) {
          expect(url).not.toBe(offer.url);
          expect(await bench.put({ ...offer, url }, files)).toBe(false);
        }
        for (const bundle of [ours, other, { ...ours, app: "blog" }])
          expect(await bench.bundles.has(bundle)).toBe(false);
      },
    },
    {
      promise: "an app's bundle is no other app's, and what is not there cannot be read",
      async prove(bench) {
        await bench.put(await offered(bench), files);
        expect(await bench.bundles.has({ ...ours, app: "blog" })).toBe(false);
        const address = await bench.bundles.address({ ...ours, app: "blog" }, bench.now() + 60_000);
        expect(await bench.get(address)).toBeUndefined();
      },
    },
  ],
};
