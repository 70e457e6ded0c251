import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { s3Bundles } from "../../lib/aws/bundles.ts";
import { fits } from "../../lib/core/deploy/deploy-request.ts";
import { type S3Server, s3Server } from "../fakes/s3/server.ts";
import { virtualClock } from "../world/virtual-clock.ts";

const clock = virtualClock();
const identity = {
  accessKeyId: "ASIAFUNCTION",
  secretAccessKey: "never/told",
  sessionToken: "t+/=".repeat(300),
  arn: "arn:aws:sts::123456789012:assumed-role/api/function",
  expiresAt: clock.now() + 3_600_000,
};
const { arn: _arn, expiresAt: _expires, ...keys } = identity;
const region = "eu-central-1";
const bucket = "dayfly-bundles-1a2b3c";
const ours = { app: "pages", digest: `sha256:${"a1".repeat(32)}` };
const until = () => clock.now() + 60_000;

let s3: S3Server;
beforeEach(async () => {
  s3 = await s3Server({ region, identity, clock });
});
afterEach(() => s3.close());

const here = () => s3Bundles({ bucket, clock, access: { ...keys, region, endpoint: s3.url } });
const there = s3Bundles({ bucket, clock, access: { ...keys, region } });

describe("1-17 addresses of a bucket", () => {
  it("name our key below the bucket's own host, are of our grammar, and hold no secret key", async () => {
    const address = await there.address(ours, until());
    expect(address).toMatch(`https://${bucket}.s3.${region}.amazonaws.com/bundles/pages/${"a1".repeat(32)}.tar.gz?`);
    expect(fits("bundle", address)).toBe(true);
    expect(address).not.toContain("never");
  });

  it("are good for the time that was asked for, in whole seconds, and for no longer", async () => {
    const expires = async (at: number) => new URL(await there.address(ours, at)).searchParams.get("X-Amz-Expires");
    expect(await expires(until())).toBe("60");
    expect(await expires(clock.now() + 1)).toBe("1");
    expect(await expires(clock.now() - 5_000)).toBe("1");
  });

  it("of an upload sign length and SHA-256", async () => {
    const { url, headers } = await there.offer(ours, 7, until());
    expect(new URL(url).searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;host;x-amz-checksum-sha256");
    expect(headers).toEqual({ "x-amz-checksum-sha256": Buffer.from("a1".repeat(32), "hex").toString("base64") });
  });

  it("of an upload are refused without the SHA-256, and do not read", async () => {
    const { url, headers } = await here().offer(ours, 1, until());
    expect((await fetch(url, { method: "PUT", body: new Blob(["x"]) })).status).toBe(403);
    expect((await fetch(url, { headers })).status).toBe(403);
    expect(s3.objects.size).toBe(0);
  });

  it("of one bundle do not write or read another, nor with one header more", async () => {
    s3.objects.set(`${bucket}/bundles/pages/${"b2".repeat(32)}.tar.gz`, Buffer.from("other"));
    const address = await here().address(ours, until());
    expect((await fetch(address.replace("a1".repeat(32), "b2".repeat(32)))).status).toBe(403);
    expect((await fetch(address, { method: "PUT", body: new Blob(["x"]) })).status).toBe(403);
    expect((await fetch(address, { headers: { "x-amz-acl": "public-read" } })).status).toBe(403);
  });
});

describe("whether a bundle is there", () => {
  it("is asked with a signature of its own, again where S3 is not well", async () => {
    s3.trouble = { status: 503, times: 2 };
    expect(await here().has(ours)).toBe(false);
    s3.objects.set(`${bucket}/bundles/pages/${"a1".repeat(32)}.tar.gz`, Buffer.from("files"));
    expect(await here().has(ours)).toBe(true);
    expect(s3.calls.map((call) => call.split(" ").at(-1))).toEqual(["503", "503", "404", "200"]);
  });

  it("is not guessed: three times nothing is a failure that passes, a missing right one that does not", async () => {
    s3.trouble = { status: 500, times: 3 };
    await expect(here().has(ours)).rejects.toMatchObject({ message: "s3 HeadObject: 500", retryable: true });
    s3.allowed = new Set(["s3:GetObject"]);
    await expect(here().has(ours)).rejects.toMatchObject({
      message: expect.stringContaining("s3:ListBucket"),
      retryable: false,
    });
    const nowhere = s3Bundles({ bucket, clock, access: { ...keys, region, endpoint: "http://127.0.0.1:9" } });
    await expect(nowhere.has(ours)).rejects.toMatchObject({ retryable: true });
  });
});
