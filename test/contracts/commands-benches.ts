import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmCommands } from "../../lib/aws/commands.ts";
import type { Commands } from "../../lib/core/deploy/deploy-ports.ts";
import { localCommands } from "../../lib/local/commands.ts";
import { deployAccount, documents } from "../fakes/ssm/deploy-account.ts";
import { deployctlNode } from "../fakes/ssm/deployctl-node.ts";
import { ssmWire } from "../fakes/ssm/server.ts";
import { eventually } from "../local/eventually.ts";
import { memoryTarget } from "../world/memory-target.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import type { CommandsBench } from "./commands-contract.ts";

type Bench = CommandsBench & { close(): Promise<void> };

const place = { app: "shop", env: "prod" };
const heldSeconds = 30;

export async function memoryCommandsBench(): Promise<Bench> {
  const clock = virtualClock();
  const target = memoryTarget(clock);
  target.behaviour = (release) => (release?.commit?.startsWith("dead") ? "broken" : "good");
  const nowhere = memoryTarget(clock);
  nowhere.next.push({ heard: "unreachable" });
  return {
    ...{ commands: target, another: target, nowhere, now: clock.now },
    hold() {
      target.workSeconds = heldSeconds;
    },
    letGo() {
      target.workSeconds = 0;
      clock.advance(heldSeconds);
    },
    async arrived() {},
    async kill() {
      target.cut();
    },
    cutNextOutput: () => void target.next.push({ heard: "sent", after: 0, unheard: true }),
    loseNextAnswer: () => void target.next.push({ heard: "unknown", after: 0 }),
    setOnline: target.setOnline,
    pass: clock.advance,
    live: () => target.running(place)?.commit,
    applied: (deployId) => target.applied().get(deployId) ?? 0,
    async close() {},
  };
}

/** Real processes of deployctl on this computer. */
export async function localCommandsBench(): Promise<Bench> {
  const node = deployctlNode("here");
  const folder = mkdtempSync(join(tmpdir(), "dayfly-commands-"));
  const open = () => localCommands({ target: node.root, folder });
  const impossible = () => {
    throw new Error("a process of this computer begins with its send, and is never away");
  };
  let cut = false;
  return {
    ...{ commands: open(), another: open(), now: Date.now },
    nowhere: localCommands({ target: join(folder, "nowhere"), folder: join(folder, "none") }),
    hold: node.hold,
    letGo: node.letGo,
    async arrived() {
      if (node.isHeld()) await eventually("a deploy at work", node.isAtWork);
      if (!cut) return;
      cut = false;
      const stdout = join(folder, readdirSync(folder).sort().at(-1) ?? "", "stdout");
      await eventually("a line", () => statSync(stdout).size > 400);
      truncateSync(stdout, 400);
    },
    kill: node.kill,
    cutNextOutput() {
      cut = true;
    },
    ...{ loseNextAnswer: impossible, setOnline: impossible, pass: () => {}, live: node.live, applied: node.applied },
    async close() {
      await node.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Amazon's client, our wire, and the real deployctl on the node behind it. */
export async function ssmCommandsBench(): Promise<Bench> {
  let passed = 0;
  const clock = { now: () => Date.now() + passed };
  const account = deployAccount(clock);
  const node = deployctlNode("mi-0123456789abcdef0");
  account.nodes.set(node.id, node);
  const wire = await ssmWire(account, clock);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const clients: SSMClient[] = [];
  function open(instanceId: string): Commands {
    const [ssm, sender] = [3, 1].map(
      (maxAttempts) => new SSMClient({ endpoint: wire.url, region: "eu-west-3", credentials, maxAttempts }),
    ) as [SSMClient, SSMClient];
    clients.push(ssm, sender);
    return ssmCommands({ ssm, sender, clock, instanceId, documents });
  }
  return {
    ...{ commands: open(node.id), another: open(node.id), nowhere: open("mi-0fffffffffffffff0"), now: clock.now },
    hold: node.hold,
    letGo: node.letGo,
    async arrived() {
      const delivered = account.deliver();
      if (node.isHeld()) await eventually("a deploy at work", node.isAtWork);
      else await delivered;
    },
    kill: node.kill,
    cutNextOutput() {
      const { run } = node;
      node.run = async (...call) => {
        node.run = run;
        const ran = await run(...call);
        return ran && { ...ran, stdout: ran.stdout.slice(0, 400) };
      };
    },
    loseNextAnswer() {
      wire.switches.trouble = { action: "SendCommand", code: "lost", times: 1 };
    },
    setOnline(online) {
      node.ping = online ? "Online" : "ConnectionLost";
    },
    pass(seconds) {
      passed += seconds * 1000;
    },
    ...{ live: node.live, applied: node.applied },
    async close() {
      for (const client of clients) client.destroy();
      await wire.close();
      await node.remove();
    },
  };
}
