import { join } from "node:path";
import type { World } from "../core/ports.ts";
import type { Call, ExitCode } from "./command.ts";
import { runTeller } from "./follow-runs.ts";
import { pushLines } from "./push-lines.ts";
import { startHints } from "./start-hints.ts";
import { watch } from "./watch.ts";
import { workflowLines } from "./workflow-lines.ts";
import { type Demo, makeDemo, makeRepository, pushDemo } from "./world-demo.ts";
import { type Serving, serve, takeFolder } from "./world-serve.ts";
import { forgetServed } from "./world-served.ts";

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
    const demo = options.demo ? await makeDemo(folder, join(call.checkout, "lib", "cli", "demo")) : undefined;
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

async function guide(
  call: Call,
  state: string,
  serving: Serving,
  demo: Demo | undefined,
  stop: AbortSignal,
): Promise<void> {
  const { terminal, folder } = call;
  const { world, url } = serving;
  const teller = runTeller(terminal, world, world.clock.now());
  terminal.print(`${terminal.paint("bold", "Dayfly is ready")}  ${url}/`);
  if (demo && !(await wasPushed(world))) await showFirstPush(call, serving, demo, teller, stop);
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

async function showFirstPush(
  { terminal }: Call,
  { world }: Serving,
  demo: Demo,
  teller: ReturnType<typeof runTeller>,
  stop: AbortSignal,
): Promise<void> {
  terminal.say("Pushing a commit to the demo project…");
  const sha = await pushDemo(demo);
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

async function decisionOf({ journal }: World, sha: string) {
  return (await journal.decisions(20)).find((decision) => decision.sha === sha);
}
