import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ssmCommands } from "../../lib/aws/commands.ts";
import type { Commands, DeployCommand } from "../../lib/core/deploy/deploy-ports.ts";
import type { SsmAccount } from "../fakes/ssm/account.ts";
import { deployAccount, documents } from "../fakes/ssm/deploy-account.ts";
import { type DeployctlNode, deployctlNode } from "../fakes/ssm/deployctl-node.ts";
import { type SsmWire, ssmWire } from "../fakes/ssm/server.ts";

// The real deployctl starts some two hundred programs for a deploy, on a computer that may be busy.
const commit = (n: number) => `${n}`.repeat(40);
const deployId = (n: number) => `${n}`.repeat(32);
let now: number;
const clock = { now: () => now };
let account: SsmAccount;
let wire: SsmWire;
let node: DeployctlNode;
let commands: Commands;
let clients: SSMClient[];

beforeEach(async () => {
  now = Date.now();
  account = deployAccount(clock);
  node = deployctlNode("mi-0123456789abcdef0");
  account.nodes.set(node.id, node);
  wire = await ssmWire(account, clock);
  clients = [];
  commands = commandsTo(node.id);
});

/** The client takes an error of another realm, as Node's own are below jest, for none, and would lose its code: so it is made here. */
const refusing: Partial<SSMClientConfig> = {
  requestHandler: {
    handle: () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })),
  },
};

function commandsTo(instanceId: string, more: Partial<SSMClientConfig> = {}): Commands {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const settings: SSMClientConfig = { endpoint: wire.url, region: "eu-west-3", credentials, ...more };
  const ssm = new SSMClient({ ...settings, maxAttempts: 3 });
  const sender = new SSMClient({ ...settings, maxAttempts: 1 });
  clients.push(ssm, sender);
  return ssmCommands({ ssm, sender, clock, instanceId, documents });
}

afterEach(async () => {
  for (const client of clients) client.destroy();
  await wire.close();
  await node.remove();
});

function wish(change: Partial<DeployCommand> = {}): DeployCommand {
  return {
    kind: "deploy",
    op: "deploy",
    app: "shop",
    env: "prod",
    release: { tag: "v1.0.0", commit: commit(1) },
    force: false,
    deployId: deployId(1),
    fence: 1,
    notAfter: now + 600_000,
    ...change,
  };
}

async function sendOf(command: DeployCommand): Promise<string> {
  const sent = await commands.send(command);
  if (sent.kind !== "sent") throw new Error(sent.text);
  return sent.commandId;
}

const live = () => readFileSync(join(node.root, "app/live"), "utf8").trim();

describe("2-22 6-08 a deploy over SSM, with Amazon's client and the real deployctl", () => {
  it("runs deployctl with the words of the command and reads its line", async () => {
    const id = await sendOf(wish());
    expect(await commands.result(id)).toEqual({ kind: "pending" });
    await account.deliver();
    expect(await commands.result(id)).toMatchObject({
      kind: "reported",
      report: { outcome: "deployed", exit: 0, deployId: deployId(1), running: { commit: commit(1) } },
    });
    expect(live()).toBe(commit(1));
  });

  it.each(["i-0123456789abcdef0", "mi-0123456789abcdef0"])(
    "0-08 0-19 0-20 deploys to %s and rolls back",
    async (id) => {
      account.nodes.set(id, { ...node, id });
      commands = commandsTo(id);
      await sendOf(wish());
      await account.deliver();
      await sendOf(wish({ deployId: deployId(2), fence: 2, release: { tag: "2.0.0", commit: commit(2) } }));
      await account.deliver();
      expect(live()).toBe(commit(2));
      const { release: _none, ...rest } = wish({ op: "rollback", deployId: deployId(3), fence: 3 });
      const back = await sendOf(rest);
      await account.deliver();
      expect(await commands.result(back)).toMatchObject({
        kind: "reported",
        report: { exit: 0, running: { commit: commit(1) } },
      });
      expect(live()).toBe(commit(1));
    },
  );

  it("applies a command that arrives twice once, and answers the copy with the first one's line", async () => {
    const first = await sendOf(wish());
    await account.deliver();
    const copy = await sendOf(wish());
    await account.deliver();
    const [one, two] = [await commands.result(first), await commands.result(copy)];
    expect(two).toEqual(one);
  });

  it("begins nothing when the command is delivered after its time: late is refused, not done at night", async () => {
    const id = await sendOf(wish({ notAfter: now - 1_000 }));
    await account.deliver();
    expect(await commands.result(id)).toMatchObject({ kind: "reported", report: { exit: 8, reason: "expired" } });
    expect(existsSync(join(node.root, "app/live"))).toBe(false);
  });

  it("an agent too old for variables gets exit code 9, never a deploy by default", async () => {
    node.agent = "3.3.2745.9";
    const id = await sendOf(wish());
    await account.deliver();
    expect(await commands.result(id)).toMatchObject({
      kind: "reported",
      report: { exit: 9, reason: "parameter-missing" },
    });
  });

  it("asks a target what it knows with the other document", async () => {
    await sendOf(wish());
    await account.deliver();
    const sent = await commands.send({
      kind: "inspect",
      verb: "status",
      app: "shop",
      env: "prod",
      deployId: deployId(1),
    });
    await account.deliver();
    const result = await commands.result(sent.kind === "sent" ? sent.commandId : "");
    expect(result).toMatchObject({ report: { deploy: { id: deployId(1), exit: 0 }, seen: { condition: "verified" } } });
  });
});

describe("a send of which nobody knows whether it arrived", () => {
  it("is said to be unknown, is never repeated by the client itself, and is found again by its deploy id", async () => {
    wire.switches.trouble = { action: "SendCommand", code: "lost", times: 1 };
    expect(await commands.send(wish())).toMatchObject({ kind: "unknown" });
    expect(wire.calls).toEqual(["SendCommand"]);
    expect(await commands.find(deployId(1))).toEqual([account.commands[0]?.id]);
  });

  it("is found among others, over pages, newest first, and never by a comment alone", async () => {
    for (const n of [2, 1, 3, 1, 4]) {
      now += 1_000;
      await commands.send(wish({ deployId: deployId(n) }));
    }
    account.send({
      DocumentName: documents.deploy,
      InstanceIds: [node.id],
      Comment: `dayfly ${deployId(1)}`,
      Parameters: forged(),
    });
    expect(await commands.find(deployId(1))).toEqual([account.commands[3]?.id, account.commands[1]?.id]);
    expect(await commands.find(deployId(9))).toEqual([]);
  });

  function forged(): Record<string, string[]> {
    return { ...account.commands[0]?.parameters, id: [deployId(7)] } as Record<string, string[]>;
  }
});

describe("what cannot be sent", () => {
  it.each([
    { code: "ThrottlingException", kind: "unreachable" },
    { code: "InvalidInstanceId", kind: "unreachable" },
    { code: "AccessDeniedException", kind: "impossible" },
    { code: "InvalidDocument", kind: "impossible" },
    { code: "InvalidParameters", kind: "impossible" },
    { code: "InternalServerError", kind: "unknown" },
    { code: "SomethingNew", kind: "unknown" },
  ])("$code is $kind", async ({ code, kind }) => {
    wire.switches.trouble = { action: "SendCommand", code, times: 1 };
    expect(await commands.send(wish())).toEqual({ kind, text: `SSM SendCommand to ${node.id}: ${code}` });
  });

  it("2-28 a node that SSM does not know is unreachable; one that it cannot call at all too", async () => {
    account.nodes.clear();
    expect(await commands.send(wish())).toMatchObject({ kind: "unreachable" });
    expect(await commandsTo(node.id, refusing).send(wish())).toMatchObject({ kind: "unreachable" });
  });

  it("a word outside the grammar is refused by the service already", async () => {
    expect(await commands.send(wish({ release: { tag: "v1.0.0;reboot" } }))).toMatchObject({ kind: "impossible" });
    expect(account.commands).toEqual([]);
  });
});

describe("what becomes of a command", () => {
  it("a command that is not delivered in its time is unheard: agents have started such ones", async () => {
    node.ping = "ConnectionLost";
    const id = await sendOf(wish());
    await account.deliver();
    now += 91_000;
    expect((await commands.result(id)).kind).toBe("unheard");
    node.ping = "Online";
    await account.deliver();
    expect(live()).toBe(commit(1));
    expect((await commands.result(id)).kind).toBe("reported");
  });

  it("a command that SSM does not show yet is pending; throttled questions are asked again, forbidden ones name the right", async () => {
    wire.switches.invisibleFor = 5_000;
    const id = await sendOf(wish());
    expect(await commands.result(id)).toEqual({ kind: "pending" });
    wire.switches.trouble = { action: "GetCommandInvocation", code: "ThrottlingException", times: 2 };
    expect(await commands.result(id)).toEqual({ kind: "pending" });
    wire.switches.trouble = { action: "GetCommandInvocation", code: "AccessDeniedException", times: 9 };
    await expect(commands.result(id)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining("ssm:GetCommandInvocation"),
    });
  });

  it("a killed deployctl leaves no line: unheard, and the target is asked itself", async () => {
    const id = await sendOf(wish());
    node.run = async () => ({ code: 137, stdout: "", stderr: "" });
    await account.deliver();
    expect(await commands.result(id)).toMatchObject({ kind: "unheard", text: expect.stringContaining("137") });
  });
});
