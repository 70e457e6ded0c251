import { join } from "node:path";
import { readEnvironments } from "../../app/deploy/deploy-read.ts";
import type { World } from "../../core/ports.ts";
import type { Call, ExitCode } from "../command.ts";
import { environmentLines, outcomeLine } from "../deploy/deploy-lines.ts";
import { DeployView } from "../deploy/deploy-view.ts";
import { pushLines } from "../explain/push-lines.ts";
import { workflowLines } from "../explain/workflow-lines.ts";
import { runTeller } from "../runs/follow-runs.ts";
import { watch } from "../runs/watch.ts";
import { type Demo, makeDemo, makeRepository, pushBrokenPage, pushDemo } from "../world/world-demo.ts";
import { makeDemoConfig, makeDemoTarget, missingTools } from "../world/world-demo-target.ts";
import { type Serving, serve, takeFolder } from "../world/world-serve.ts";
import { forgetServed } from "../world/world-served.ts";
import { startHints } from "./start-hints.ts";

interface DeployedDemo extends Demo {
  readonly deploys: boolean;
  /** Fulfilled when the target is ready. */
  readonly target: Promise<void>;
}

type RunTeller = ReturnType<typeof runTeller>;

export interface StartOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly demo: boolean;
}

const DECIDED_WITHIN_MS = 30_000;

/** Starts the local world, shows the demo's first push, and stays until it is told to stop. */
export async function startLocal(call: Call, options: StartOptions): Promise<ExitCode> {
  const { folder, host, port } = options;
  const release = await takeFolder(folder);
  try {
    const stop = call.untilInterrupted();
    const demo = options.demo ? await startDemo(call, folder) : undefined;
    await makeRepository(join(folder, "repositories", "yours.git"));
    await forgetServed(folder);
    const serving = await serve({ folder, host, port, programs: call.programs, checkout: call.checkout });
    try {
      await guide(call, folder, serving, demo, stop);
    } finally {
      call.terminal.say("Stopping: ending what still runs…");
      await serving.stop();
    }
    return 0;
  } finally {
    release();
  }
}

/** The project, and this computer as its deploy target. The target is made while everything else starts. */
async function startDemo({ checkout, terminal }: Call, folder: string): Promise<DeployedDemo> {
  const missing = missingTools();
  const deploys = missing.length === 0;
  if (deploys) await makeDemoConfig(folder);
  const target = deploys ? makeDemoTarget(folder, checkout) : Promise.resolve();
  target.catch(() => undefined);
  const demo = await makeDemo(folder, join(checkout, "lib", "cli", "demo"), deploys);
  if (!deploys) terminal.say(`The demo deploys nothing: this computer lacks ${missing.join(", ")}.`);
  return { ...demo, deploys, target };
}

async function guide(
  call: Call,
  state: string,
  serving: Serving,
  demo: DeployedDemo | undefined,
  stop: AbortSignal,
): Promise<void> {
  const { terminal, folder } = call;
  const { world, url } = serving;
  const teller = runTeller(terminal, world, world.clock.now());
  terminal.print(`${terminal.paint("bold", "Dayfly is ready")}  ${url}/`);
  if (demo && !(await wasPushed(world))) await showDemo(call, serving, demo, teller, stop);
  if (!stop.aborted) {
    terminal.print();
    for (const line of startHints({ url, state, folder, ...(demo ? { clone: demo.clone } : {}) })) terminal.print(line);
    terminal.print();
    terminal.say("Ctrl-C ends Dayfly and leaves nothing running. Runs appear here as they end.");
  }
  await teller.forever(stop);
}

async function wasPushed({ journal }: World): Promise<boolean> {
  return (await journal.decisions(1000)).some(({ forge }) => forge === "demo");
}

async function showDemo(
  call: Call,
  serving: Serving,
  demo: DeployedDemo,
  teller: RunTeller,
  stop: AbortSignal,
): Promise<void> {
  const { terminal } = call;
  await demo.target;
  terminal.say("Pushing a commit to the demo project…");
  await showPush(call, serving, await pushDemo(demo), teller, stop);
  if (!demo.deploys || stop.aborted) return;
  await showPage(call, serving);
  terminal.say("Pushing a page that ends in the middle: it goes live, is seen to be broken, and is rolled back…");
  await showPush(call, serving, await pushBrokenPage(demo), teller, stop);
  await showPage(call, serving);
}

async function showPush(
  { terminal }: Call,
  { world }: Serving,
  sha: string,
  teller: RunTeller,
  stop: AbortSignal,
): Promise<void> {
  const giveUpAt = Date.now() + DECIDED_WITHIN_MS;
  let decision = await decisionOf(world, sha);
  await watch(stop, async () => {
    decision ??= await decisionOf(world, sha);
    return decision || Date.now() > giveUpAt ? "done" : "again";
  });
  if (!decision) {
    if (!stop.aborted)
      terminal.say("The push is not decided yet; the log in the folder of the local world may say why.");
    return;
  }
  terminal.print();
  for (const line of await pushLines(decision, workflowLines(world.forge), terminal)) terminal.print(line);
  terminal.print();
  await teller.untilPushEnds(decision.pushId, stop);
}

/** What the page should be, was seen to be, and is becoming. */
async function showPage({ terminal }: Call, { world, deploys }: Serving): Promise<void> {
  const deployed = deploys();
  terminal.print();
  for (const latest of await deployed.deploys.list({ limit: 1 }))
    terminal.print(outcomeLine(DeployView.parse({ ...latest, url: "" }), terminal));
  for (const view of await readEnvironments(deployed))
    for (const line of environmentLines(view, world.clock.now(), terminal)) terminal.print(line);
  terminal.print();
}

async function decisionOf({ journal }: World, sha: string) {
  return (await journal.decisions(20)).find((decision) => decision.sha === sha);
}
