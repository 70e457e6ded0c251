import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { bundled, packagesIn } from "./bundled.ts";

/** Packages of a bundle that make its start slow; the others are small. */
function heavy(entry: string): { readonly clients: readonly string[]; readonly zipped: number } {
  const bundle = bundled(entry, {});
  try {
    const clients = packagesIn(bundle).filter((name) => name.startsWith("@aws-") || name.startsWith("aws"));
    return { clients, zipped: deflateRawSync(readFileSync(bundle.file), { level: 9 }).length };
  } finally {
    bundle.remove();
  }
}

describe("the bundle of", () => {
  it.each([
    { entry: "lambdas/webhook.ts", clients: [], kilobytes: 30 },
    {
      entry: "lambdas/control.ts",
      clients: [
        "@aws-lambda-powertools/logger",
        "@aws-lambda-powertools/metrics",
        "@aws-sdk/client-dynamodb",
        "@aws-sdk/client-ec2",
        "@aws-sdk/client-ssm",
        "@aws-sdk/lib-dynamodb",
        "@aws-sdk/nested-clients",
      ],
      kilobytes: 800,
    },
    {
      entry: "lambdas/runner-api.ts",
      clients: [
        "@aws-lambda-powertools/logger",
        "@aws-lambda-powertools/metrics",
        "@aws-sdk/client-dynamodb",
        "@aws-sdk/client-ec2",
        "@aws-sdk/client-sts",
        "@aws-sdk/lib-dynamodb",
        "@aws-sdk/nested-clients",
      ],
      kilobytes: 600,
    },
  ])("$entry holds these clients and no others, and at most $kilobytes KB", ({ entry, clients, kilobytes }) => {
    const found = heavy(entry);
    expect(found.clients.filter((name) => /client|lib-|powertools\/(logger|metrics)/.test(name))).toEqual(clients);
    expect(found.zipped / 1000).toBeLessThanOrEqual(kilobytes);
  });
});
