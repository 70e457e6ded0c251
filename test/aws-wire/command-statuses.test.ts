import { readFileSync } from "node:fs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ssmCommands } from "../../lib/aws/commands.ts";
import type { CommandResult, Commands, DeployCommand } from "../../lib/core/deploy/deploy-ports.ts";
import type { FakeCommand, FakeNode, Ran, SsmAccount } from "../fakes/ssm/account.ts";
import { deployAccount, documents } from "../fakes/ssm/deploy-account.ts";
import { type SsmWire, ssmWire } from "../fakes/ssm/server.ts";
import {
  type CommandStatus,
  commandStatuses,
  type InvocationStatus,
  invocationStatuses,
  withoutInvocation,
} from "../fakes/ssm/statuses.ts";

const deployId = "1".repeat(32);
const commit = "1".repeat(40);
const release = { tag: "v1.0.0", commit };
const line = `${JSON.stringify({
  ...{
    v: 1,
    deploy_id: deployId,
    op: "deploy",
    app: "shop",
    env: "prod",
    outcome: "deployed",
    exit: 0,
    reason: "deployed",
  },
  ...{ text: "it is live", at: 1_795_000_000, fence: 1, condition: "verified", running: release, phases: {} },
  log: { path: "/x.log", tail: "" },
})}\n`;

let now: number;
let account: SsmAccount;
let wire: SsmWire;
let node: FakeNode;
let commands: Commands;
let client: SSMClient;
/** Lets the script on the node end so. */
let finish: (ran: Ran) => void;

beforeEach(async () => {
  now = Date.now();
  const clock = { now: () => now };
  account = deployAccount(clock);
  const ran = new Promise<Ran>((resolve) => {
    finish = resolve;
  });
  node = {
    ...{ id: "i-0123456789abcdef0", tags: new Map(), ping: "Online", platform: "Linux", agent: "3.3.3572.0" },
    run: () => ran,
  };
  account.nodes.set(node.id, node);
  wire = await ssmWire(account, clock);
  client = new SSMClient({
    ...{ endpoint: wire.url, region: "eu-west-3", credentials: { accessKeyId: "a", secretAccessKey: "b" } },
  });
  commands = ssmCommands({ ssm: client, sender: client, clock, instanceId: node.id, documents });
});

afterEach(async () => {
  client.destroy();
  await wire.close();
});

const wish = (): DeployCommand => ({
  ...{ kind: "deploy", op: "deploy", app: "shop", env: "prod", release, force: false, deployId, fence: 1 },
  notAfter: now + 600_000,
});

async function sent(): Promise<FakeCommand> {
  await commands.send(wish());
  const command = account.commands.at(-1);
  if (!command) throw new Error("nothing was sent");
  return command;
}

/** The node has begun; the script ends when the test says so. */
async function begun(): Promise<{ command: FakeCommand; over: Promise<void> }> {
  const command = await sent();
  const over = account.deliver();
  await new Promise((resolve) => setImmediate(resolve));
  return { command, over };
}

const good: Ran = { code: 0, stdout: line, stderr: "" };
const silent: Ran = { code: 137, stdout: "", stderr: "Killed" };

type Kind = CommandResult["kind"];
interface Row {
  /** What has to happen for it, on the service or on the node. */
  readonly happens: () => Promise<FakeCommand>;
  readonly kind: Kind;
  /** With a line of deployctl in the output. */
  readonly heard: Kind;
}

async function ended(ran: Ran): Promise<FakeCommand> {
  const { command, over } = await begun();
  finish(ran);
  await over;
  return command;
}

/** What the service alone decides, and no test can make happen. */
async function decided(status: InvocationStatus): Promise<FakeCommand> {
  const command = await sent();
  command.status = status;
  return command;
}

const rows: Readonly<Record<InvocationStatus, Row>> = {
  Pending: { happens: sent, kind: "pending", heard: "pending" },
  "In Progress": { happens: async () => (await begun()).command, kind: "pending", heard: "pending" },
  Delayed: {
    async happens() {
      node.ping = "ConnectionLost";
      const command = await sent();
      await account.deliver();
      return command;
    },
    ...{ kind: "pending", heard: "pending" },
  },
  Success: { happens: () => ended({ ...silent, code: 0 }), kind: "unheard", heard: "reported" },
  Failed: { happens: () => ended(silent), kind: "unheard", heard: "reported" },
  "Delivery Timed Out": {
    async happens() {
      node.ping = "ConnectionLost";
      const command = await sent();
      now += 91_000;
      return command;
    },
    ...{ kind: "unheard", heard: "reported" },
  },
  "Execution Timed Out": {
    async happens() {
      const { command } = await begun();
      now += 541_000;
      return command;
    },
    ...{ kind: "unheard", heard: "reported" },
  },
  Cancelling: {
    async happens() {
      const { command } = await begun();
      account.cancel(command);
      return command;
    },
    ...{ kind: "pending", heard: "pending" },
  },
  Cancelled: {
    async happens() {
      const { command, over } = await begun();
      account.cancel(command);
      finish(silent);
      await over;
      return command;
    },
    ...{ kind: "unheard", heard: "reported" },
  },
  Undeliverable: { happens: () => decided("Undeliverable"), kind: "undelivered", heard: "undelivered" },
  Terminated: { happens: () => decided("Terminated"), kind: "undelivered", heard: "undelivered" },
  InvalidPlatform: {
    async happens() {
      node.platform = "Windows";
      const command = await sent();
      await account.deliver();
      return command;
    },
    ...{ kind: "undelivered", heard: "undelivered" },
  },
  AccessDenied: { happens: () => decided("AccessDenied"), kind: "undelivered", heard: "undelivered" },
};

describe("every status of a command on a node", () => {
  it.each(Object.keys(invocationStatuses) as InvocationStatus[])("%s, without a line of deployctl", async (status) => {
    const command = await rows[status].happens();
    expect(account.statusOf(command)).toBe(status);
    const result = await commands.result(command.id);
    expect(result.kind).toBe(rows[status].kind);
    if (result.kind === "unheard" || result.kind === "undelivered") expect(result.text).toContain(`SSM: ${status}`);
  });

  it.each(Object.keys(invocationStatuses) as InvocationStatus[])("%s, with the line of deployctl", async (status) => {
    const command = await rows[status].happens();
    command.ran = good;
    const result = await commands.result(command.id);
    expect(result.kind).toBe(rows[status].heard);
    if (result.kind === "reported") expect(result.report).toMatchObject({ deployId, exit: 0, running: release });
  });

  it("one that AWS adds tomorrow is unheard, unless deployctl's line is there: nobody guesses", async () => {
    const command = await sent();
    command.status = "Quarantined" as InvocationStatus;
    expect((await commands.result(command.id)).kind).toBe("unheard");
    command.ran = good;
    expect((await commands.result(command.id)).kind).toBe("reported");
  });

  it("Cancelled before the node had it never runs there", async () => {
    const command = await sent();
    account.cancel(command);
    await account.deliver();
    expect([command.ran, (await commands.result(command.id)).kind]).toEqual([undefined, "unheard"]);
  });
});

describe("every status of a whole command", () => {
  it.each(Object.keys(commandStatuses) as CommandStatus[])("%s: it is found again by its deploy id", async (status) => {
    const command = await sent();
    command.ended = status;
    expect(await commands.find(deployId)).toEqual([command.id]);
  });

  it.each(withoutInvocation)(
    "%s: nothing was made of it for the node, so it is pending until the node is asked",
    async (status) => {
      const command = await sent();
      command.ended = status;
      expect(await commands.result(command.id)).toEqual({ kind: "pending" });
    },
  );
});

it("docs/deploy-fails.md says of each status what is made of it", () => {
  const page = readFileSync(new URL("../../docs/deploy-fails.md", import.meta.url), "utf8");
  const told = new Map(
    [...page.matchAll(/^\| ([A-Z].*?) \| (pending|unheard|undelivered) \|/gm)].flatMap(([, names = "", kind]) =>
      names.split(", ").map((name) => [name, kind] as const),
    ),
  );
  const expected = [
    ...Object.entries(rows).map(([name, { kind }]) => [name, kind] as const),
    ...withoutInvocation.map((name) => [name, "pending"] as const),
  ];
  expect([...told].sort()).toEqual(expected.sort());
});
