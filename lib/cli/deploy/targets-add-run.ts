import { rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type TargetNodes, unfitness } from "../../core/deploy/target-nodes.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { printable } from "../terminal.ts";
import { type TargetsWorld, withTargets } from "../world/world-targets.ts";
import { installScript, joinScript } from "./target-scripts.ts";

const EXPIRES_MS = 60 * 60_000;

/** How AWS is reached, and how long is waited for a host. */
export interface Ways {
  readonly open: typeof withTargets;
  readonly pauseMs: number;
  readonly joinMs: number;
}
const usual: Ways = { open: withTargets, pauseMs: 5_000, joinMs: 10 * 60_000 };
type Waits = Omit<Ways, "open">;

interface Wish {
  readonly name: string;
  readonly stack: string;
  readonly region?: string;
  readonly instance?: string;
  readonly script?: string;
  readonly proxy?: string;
}

export async function addTarget(call: Call, { open, pauseMs, joinMs }: Ways = usual): Promise<ExitCode> {
  const wish = readWish(call);
  return open(wish, async (world): Promise<ExitCode> => {
    const id = wish.instance ?? (await join(call, world, wish, { pauseMs, joinMs }));
    if (wish.instance !== undefined) await adopt(call, world.nodes, wish.instance, wish.stack);
    call.terminal.say(`${wish.name} is a target. Add it to dayfly.yaml, and deploy the stack:`);
    call.terminal.print(`  - { name: ${wish.name}, id: ${id} }`);
    return 0;
  });
}

function readWish({ operands: [name = ""], options }: Call): Wish {
  const { instance, script, proxy, region, stack } = options as Readonly<Record<string, string | undefined>>;
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw wrong(`${printable(name)} is no name of a target`, "Small letters, digits and dashes: web1.");
  if ((instance === undefined) === (script === undefined))
    throw wrong("say one of --instance and --script", "--instance i-… for EC2, --script FILE for any other host.");
  if (instance !== undefined && !/^i-[0-9a-f]{8,17}$/.test(instance))
    throw wrong(`${printable(instance)} is no id of an EC2 instance`, "It looks like i-0123456789abcdef0.");
  if (proxy !== undefined && !/^https?:\/\/[\w.-]+(?::\d{1,5})?$/.test(proxy))
    throw wrong(`${printable(proxy)} is no address of a proxy`, "It looks like http://10.0.0.1:3128.");
  const given = Object.entries({ instance, script, proxy, region }).filter(([, value]) => value !== undefined);
  return { name, stack: stack ?? "dayfly", ...Object.fromEntries(given) };
}

/** An EC2 instance: it is a node already, by a role of its own. */
async function adopt(call: Call, nodes: TargetNodes, instanceId: string, stack: string): Promise<void> {
  await checkNode(nodes, instanceId);
  const { code, output } = await nodes.run(instanceId, installScript(call.checkout));
  if (code !== 0)
    throw failed(
      `installing deployctl ended with ${code}: ${lastLine(output)}`,
      instanceId,
      "Mend that there, and call this again.",
    );
  // Last: a host that cannot deploy yet is not to be sent to.
  await nodes.tag(instanceId, stack);
}

async function checkNode(nodes: TargetNodes, instanceId: string): Promise<void> {
  const node = await nodes.node(instanceId);
  if (!node)
    throw failed(
      "Systems Manager does not know it",
      instanceId,
      "Give it a role with AmazonSSMManagedInstanceCore, and start its agent.",
    );
  const reason = unfitness(node);
  if (reason) throw failed(reason, instanceId, "Update or start amazon-ssm-agent there.");
}

/** A host elsewhere: whoever is root there runs our script. The registration lives no longer than this call. */
async function join(call: Call, { nodes, region, role }: TargetsWorld, wish: Wish, waits: Waits): Promise<string> {
  const { name, stack, proxy, script = "" } = wish;
  if (role === undefined)
    throw failed(
      "it has no role for hosts elsewhere",
      `stack ${stack}`,
      "Give dayfly.yaml an environment, and deploy the stack.",
    );
  const activation = await nodes.activate({ name, stack, role, expires: Date.now() + EXPIRES_MS });
  try {
    const text = joinScript(call.checkout, activation, { region, ...(proxy !== undefined && { proxy }) });
    return await whileWritten(resolve(call.folder, script), text, async () => {
      call.terminal.say(`Run it as root on that host, such as: ssh root@${name} bash -s <${script}`);
      const id = await joined(call, nodes, activation.id, waits);
      await checkNode(nodes, id);
      return id;
    });
  } finally {
    // Used or not, the code is worth nothing from here on.
    await nodes.forget(activation.id);
  }
}

/** The file is there while `act` runs, and only where nothing had been. */
async function whileWritten<T>(file: string, text: string, act: () => Promise<T>): Promise<T> {
  await writeFile(file, text, { mode: 0o700, flag: "wx" }).catch((error: unknown) => {
    throw failed(
      "the script cannot be written; it may be there already",
      file,
      "Name another file with --script.",
      error,
    );
  });
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

async function joined(call: Call, nodes: TargetNodes, activationId: string, waits: Waits): Promise<string> {
  const interrupted = call.untilInterrupted();
  const until = Date.now() + waits.joinMs;
  while (Date.now() < until && !interrupted.aborted) {
    const id = await nodes.registered(activationId);
    if (id !== undefined) return id;
    await pause(waits.pauseMs);
  }
  throw failed(
    interrupted.aborted ? "interrupted before the host came" : "no host has joined in ten minutes",
    "Systems Manager",
    "Its log is /var/log/amazon/ssm/amazon-ssm-agent.log there: no network, the script did not run, or the host was registered before, as the script then says. Call this again.",
  );
}

function lastLine(text: string): string {
  return printable(text.trim().split("\n").at(-1) ?? "").slice(0, 200);
}

function wrong(what: string, remedy: string): CommandError {
  return new CommandError(what, { where: "dayfly targets add", remedy, exitCode: 2 });
}

function failed(what: string, where: string, remedy: string, cause?: unknown): CommandError {
  return new CommandError(what, { where, remedy, exitCode: 3, cause });
}
