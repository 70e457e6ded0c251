import { SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ssmCommands } from "../../lib/aws/commands.ts";
import { inspectDocument } from "../../lib/aws/deploy-documents.ts";
import type { Commands, DeployCommand, InspectCommand } from "../../lib/core/deploy/deploy-ports.ts";
import { type SsmAccount, ssmAccount } from "../fakes/ssm/account.ts";
import { deployDocuments, documents } from "../fakes/ssm/deploy-account.ts";
import { type SsmWire, ssmWire } from "../fakes/ssm/server.ts";
import { allows, type Statement } from "../stack/policy.ts";
import { resources, synth, whole } from "../stack/synth.ts";

/** The statements of the deploy API's own role, as the template has them. */
const statements = rightsOf("DeploysApiRole");
const [instance, managed, stranger] = ["i-0123456789abcdef0", "mi-0123456789abcdef0", "i-0fedcba9876543210"] as const;
const inspection: InspectCommand = { kind: "inspect", verb: "status", app: "shop", env: "prod" };

let account: SsmAccount;
let wire: SsmWire;
let client: SSMClient;

function rightsOf(role: string): readonly Statement[] {
  const policy = [...resources(synth(whole), "AWS::IAM::Policy")].find(([id]) => id.startsWith(role));
  if (!policy) throw new Error(`${role} has no policy`);
  return (policy[1].Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

/** `document/x` → `arn:<AWS::Partition>:ssm:eu-central-1:<AWS::AccountId>:document/x` */
function arnOf(resource: string): string {
  const service = resource.startsWith("instance/") ? "ec2" : "ssm";
  return `arn:<AWS::Partition>:${service}:eu-central-1:<AWS::AccountId>:${resource}`;
}

beforeEach(async () => {
  const clock = { now: Date.now };
  account = ssmAccount(
    new Map([...deployDocuments, ["AWS-RunShellScript", inspectDocument]]),
    clock,
    (action, resource, context) => allows(statements, { action, resource: arnOf(resource), context }),
  );
  wire = await ssmWire(account, clock);
  client = new SSMClient({
    ...{ endpoint: wire.url, region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } },
  });
});

afterEach(async () => {
  client.destroy();
  await wire.close();
});

function targetOf(id: string, tags: Readonly<Record<string, string>>, named = documents): Commands {
  const facts = { ping: "Online", platform: "Linux", agent: "3.3.3572.0", run: async () => undefined } as const;
  account.nodes.set(id, { ...facts, id, tags: new Map(Object.entries(tags)) });
  return ssmCommands({ ssm: client, sender: client, clock: { now: Date.now }, instanceId: id, documents: named });
}

const wish = (): DeployCommand => ({
  ...{ kind: "deploy", op: "deploy", app: "shop", env: "prod", force: false, deployId: "1".repeat(32), fence: 1 },
  ...{ release: { tag: "v1.0.0", commit: "1".repeat(40) }, notAfter: Date.now() + 600_000 },
});

describe("2-22 the sender's own statements, enforced by the service", () => {
  it.each([instance, managed])("%s carries the stack's tag: both documents are sent", async (id) => {
    const commands = targetOf(id, { "dayfly-target": "dayfly", Name: "web" });
    expect(await commands.send(wish())).toMatchObject({ kind: "sent" });
    expect(await commands.send(inspection)).toMatchObject({ kind: "sent" });
  });

  it.each<{ why: string; id: string; tags: Readonly<Record<string, string>> }>([
    { why: "it lost its tag", id: instance, tags: {} },
    { why: "a host elsewhere without the tag", id: managed, tags: { Name: "edge" } },
    { why: "the tag of another stack", id: instance, tags: { "dayfly-target": "other" } },
    { why: "the tag in other letters", id: instance, tags: { "Dayfly-Target": "dayfly" } },
    { why: "tagged, but not in dayfly.yaml", id: stranger, tags: { "dayfly-target": "dayfly" } },
  ])("$why: refused for good, and nothing is sent", async ({ id, tags }) => {
    const answer = { kind: "impossible", text: `SSM SendCommand to ${id}: AccessDeniedException` };
    expect(await targetOf(id, tags).send(wish())).toEqual(answer);
    expect(await targetOf(id, tags).send(inspection)).toEqual(answer);
    expect(account.commands).toEqual([]);
  });

  it("another document, Amazon's own shell even, is refused for good on a tagged host", async () => {
    const foreign = { deploy: "AWS-RunShellScript", inspect: "AWS-RunShellScript" };
    const commands = targetOf(instance, { "dayfly-target": "dayfly" }, foreign);
    expect(await commands.send(inspection)).toMatchObject({ kind: "impossible" });
    expect(account.commands).toEqual([]);
  });

  it("the statements are what decides: without their condition the untagged host would get it", async () => {
    const open = statements.map(({ Condition: _gone, ...rest }) => rest);
    const resource = arnOf(`instance/${instance}`);
    expect(allows(open, { action: "ssm:SendCommand", resource })).toBe(true);
    expect(allows(statements, { action: "ssm:SendCommand", resource })).toBe(false);
  });
});
