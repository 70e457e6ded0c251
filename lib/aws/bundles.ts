import { AwsV4Signer } from "aws4fetch";
import { type Bundle, bundlePath } from "../core/deploy/bundle.ts";
import type { Bundles } from "../core/deploy/deploy-ports.ts";
import { WorldError } from "../core/errors.ts";
import type { Clock } from "../core/ports.ts";
import type { AwsAccess } from "./json-api.ts";

export interface BucketPlace {
  readonly bucket: string;
  /** Whose rights every address carries. */
  readonly access: AwsAccess;
  readonly clock: Clock;
}

const attempts = 3;
const timeoutMs = 3_000;

/**
 * Bundles in a bucket. An address is a signed request for one method, one key and one span of time, and for an upload also one length
 * and one SHA-256, which S3 checks against what arrives:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export function s3Bundles({ bucket, access, clock }: BucketPlace): Bundles {
  const { endpoint, region, ...keys } = access;
  const origin = endpoint === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : `${endpoint}/${bucket}`;
  // The signing key of a day is derived once.
  const cache = new Map<string, ArrayBuffer>();

  async function presign(
    method: string,
    bundle: Bundle,
    until: number,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const url = new URL(`${origin}/${bundlePath(bundle)}`);
    const seconds = Math.max(1, Math.ceil((until - clock.now()) / 1000));
    url.searchParams.set("X-Amz-Expires", String(seconds));
    const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, "");
    const query = { service: "s3", signQuery: true, allHeaders: true, region, datetime, cache } as const;
    const signed = await new AwsV4Signer({ ...keys, ...query, method, url: url.href, headers: { ...headers } }).sign();
    return signed.url.href;
  }

  async function statusOf(bundle: Bundle): Promise<number> {
    const url = await presign("HEAD", bundle, clock.now() + 60_000);
    const signal = AbortSignal.timeout(timeoutMs);
    return fetch(url, { method: "HEAD", redirect: "error", signal }).then(
      ({ status }) => status,
      () => 503,
    );
  }

  return {
    async has(bundle) {
      for (let attempt = 1; ; attempt++) {
        const status = await statusOf(bundle);
        if (status === 200) return true;
        if (status === 404) return false;
        const retryable = status === 429 || status >= 500;
        // Without the right to list, S3 says 403 of what is not there too.
        const missing = status === 403 ? " (the role lacks s3:GetObject or s3:ListBucket)" : "";
        if (!retryable || attempt === attempts)
          throw new WorldError(`s3 HeadObject: ${status}${missing}`, { retryable });
      }
    },
    async offer(bundle, bytes, until) {
      const checksum = Buffer.from(bundle.digest.replace("sha256:", ""), "hex").toString("base64");
      const headers = { "x-amz-checksum-sha256": checksum };
      // The length is signed as well; whoever sends the file sends it anyway.
      return { url: await presign("PUT", bundle, until, { ...headers, "content-length": String(bytes) }), headers };
    },
    address: (bundle, until) => presign("GET", bundle, until),
  };
}
