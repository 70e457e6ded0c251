import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { s3Bundles } from "../../lib/aws/bundles.ts";
import { ssmCommands } from "../../lib/aws/commands.ts";
import { bundlePath } from "../../lib/core/deploy/bundle.ts";
import type { Commands } from "../../lib/core/deploy/deploy-ports.ts";
import { tarOf } from "../../lib/stack/tar.ts";
import { type S3Server, s3Server } from "../fakes/s3/server.ts";
import type { SsmAccount } from "../fakes/ssm/account.ts";
import { deployAccount, documents } from "../fakes/ssm/deploy-account.ts";
import { type DeployctlNode, deployctlNode } from "../fakes/ssm/deployctl-node.ts";
import { installPages, livePage } from "../fakes/ssm/pages-app.ts";
import { type SsmWire, ssmWire } from "../fakes/ssm/server.ts";

const bucket = "dayfly-bundles-1a2b3c";
const region = "eu-west-3";
const clock = { now: Date.now };
const identity = {
  accessKeyId: "ASIAFUNCTION",
  secretAccessKey: "never/told",
  sessionToken: "t+/=".repeat(300),
  arn: "arn:aws:sts::123456789012:assumed-role/api/function",
  expiresAt: Number.MAX_SAFE_INTEGER,
};
const { arn: _arn, expiresAt: _expires, ...keys } = identity;

let s3: S3Server;
let later: number;
let account: SsmAccount;
let wire: SsmWire;
let node: DeployctlNode;
let client: SSMClient;
let commands: Commands;

beforeEach(async () => {
  later = 0;
  s3 = await s3Server({ region, identity, clock: { now: () => Date.now() + later } });
  account = deployAccount(clock);
  node = deployctlNode("mi-0123456789abcdef0");
  account.nodes.set(node.id, node);
  installPages(node.root, curlTo(s3.url));
  wire = await ssmWire(account, clock);
  const settings: SSMClientConfig = { endpoint: wire.url, region, credentials: keys, maxAttempts: 1 };
  client = new SSMClient(settings);
  commands = ssmCommands({ ssm: client, sender: client, clock, instanceId: node.id, documents });
});

afterEach(async () => {
  client.destroy();
  await wire.close();
  await s3.close();
  node.remove();
});

/** A name server and TLS in one: the bucket's own address leads to our server. */
const curlTo = (url: string) => `url=$(sed -n 's/^url = "\\(.*\\)"$/\\1/p' "\${@: -1}")
host=\${url#https://}
host=\${host%%/*}
exec /usr/bin/curl "\${@:1:$#-2}" --proto =http -H "Host: $host" "${url}/\${url#https://*/}"
`;

function pack(text: string) {
  mkdirSync(join(node.root, "dist"), { recursive: true });
  writeFileSync(join(node.root, "dist/index.html"), text);
  const file = gzipSync(tarOf(join(node.root, "dist"), ["index.html"]));
  return { file, bundle: { app: "pages", digest: `sha256:${createHash("sha256").update(file).digest("hex")}` } };
}

const functions = () => s3Bundles({ bucket, clock, access: { ...keys, region } });
const stored = ({ file, bundle }: ReturnType<typeof pack>) => s3.objects.set(`${bucket}/${bundlePath(bundle)}`, file);

async function deploy(n: number, { bundle }: ReturnType<typeof pack>) {
  const notAfter = clock.now() + 600_000;
  const sent = await commands.send({
    ...{ kind: "deploy", op: "deploy", app: "pages", env: "prod", force: false },
    ...{ deployId: `${n}`.repeat(32), fence: n, notAfter },
    release: { tag: `v${n}.0.0`, commit: `${n}`.repeat(40), digest: bundle.digest },
    bundle: await functions().address(bundle, notAfter),
  });
  if (sent.kind !== "sent") throw new Error(sent.text);
  await account.deliver();
  const result = await commands.result(sent.commandId);
  return result.kind === "reported" ? result.report : result;
}

const live = () => livePage(node.root);

describe("1-17 a bundle on its way from the bucket to a target, with Amazon's client, S3's signatures and the real deployctl", () => {
  it("is fetched by the address of its command, and goes live", async () => {
    stored(pack("one"));
    expect(await deploy(1, pack("one"))).toMatchObject({ exit: 0, reason: "deployed" });
    expect(live()).toBe("one");
    expect(s3.calls).toEqual([`GET ${bucket}/${bundlePath(pack("one").bundle)} 200`]);
  });

  it("is refused when the bucket holds something else, when the address has expired, and when it is gone: what was live stays", async () => {
    stored(pack("one"));
    await deploy(1, pack("one"));
    const two = pack("two");
    stored({ ...two, file: pack("evil").file });
    expect(await deploy(2, two)).toMatchObject({ exit: 2, reason: "wrong-bundle" });
    stored(two);
    later = 20 * 60_000;
    expect(await deploy(3, two)).toMatchObject({ exit: 5, reason: "bundle-unavailable" });
    later = 0;
    s3.objects.clear();
    expect(await deploy(4, two)).toMatchObject({ exit: 5, reason: "bundle-unavailable" });
    expect(live()).toBe("one");
    expect(existsSync(join(node.root, "var/lib/dayfly/pages/prod/bundle.tar.gz"))).toBe(false);
  });
});
