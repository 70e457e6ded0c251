import { setTimeout } from "node:timers/promises";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { accepted, type DeployApi, readAnswer, withDeployApi } from "./deploy-client.ts";
import { exitOfDeploy, historyLine, outcomeLine } from "./deploy-lines.ts";
import { DeployView, isEnded } from "./deploy-view.ts";

const FIRST_LOOK_MS = 250;
const SLOWEST_LOOK_MS = 3_000;
/** For how long nobody may answer before the wait is given up. */
const SILENCE_MS = 60_000;

/**
 * Sends a wish, tells what became of it, and waits for its end where that is asked for.
 *
 * @param before what the wish needs: an upload
 */
export function orderDeploy(
  call: Call,
  wish: object,
  before: (api: DeployApi) => Promise<void> = async () => {},
): Promise<ExitCode> {
  const { options, terminal } = call;
  return withDeployApi(call, async (api) => {
    await before(api);
    const answer = await api.ask("POST", "/api/deploys", wish);
    const body = accepted(answer, "the deploy API");
    if ("dryRun" in body) {
      terminal.print(JSON.stringify(body, null, 2));
      return 0;
    }
    const deploy = readAnswer(DeployView, answer, "the deploy API");
    if (options.wait !== true) return tell(call, deploy);
    return followDeploy(call, api, deploy);
  });
}

function tell({ options, terminal }: Call, deploy: DeployView): ExitCode {
  if (options.json) terminal.print(JSON.stringify(deploy, null, 2));
  else {
    terminal.print(outcomeLine(deploy, terminal));
    if (!isEnded(deploy)) terminal.say(`How it goes: dayfly deploy show ${deploy.id}`);
  }
  // It is accepted: only an end that came at once can be a bad one.
  return isEnded(deploy) ? exitOfDeploy(deploy) : 0;
}

/** Asks how it goes until it has ended; asking makes it go on, so nobody else is needed. An approval is not waited for. */
export async function followDeploy(call: Call, api: DeployApi, first: DeployView): Promise<ExitCode> {
  const { options, terminal } = call;
  const signal = call.untilInterrupted();
  let deploy = first;
  let told = 0;
  let heardAt = Date.now();
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, SLOWEST_LOOK_MS)) {
    for (const entry of deploy.history.slice(told)) terminal.say(historyLine(deploy, entry, terminal));
    told = deploy.history.length;
    if (isEnded(deploy) || deploy.status === "waiting" || signal.aborted) break;
    await setTimeout(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const found = await look(api, deploy, heardAt);
    if (!found) continue;
    deploy = found;
    heardAt = Date.now();
  }
  if (options.json) terminal.print(JSON.stringify(deploy, null, 2));
  else terminal.print(outcomeLine(deploy, terminal));
  sayMore(call, deploy);
  if (isEnded(deploy)) return exitOfDeploy(deploy);
  if (deploy.status === "waiting") return 0;
  terminal.say(`Interrupted: nobody here knows how it ends. It goes on: dayfly deploy show ${deploy.id} --wait`);
  return 3;
}

/** How it stands; undefined where nobody answers just now: a deploy does not stop because its watcher hears nothing for a while. */
async function look(api: DeployApi, { id, url }: DeployView, heardAt: number): Promise<DeployView | undefined> {
  try {
    return readAnswer(DeployView, await api.ask("GET", url), `deploy ${id}`);
  } catch (error) {
    const isSilence = error instanceof CommandError && error.exitCode === 3;
    if (isSilence && Date.now() < heardAt + SILENCE_MS) return undefined;
    throw error;
  }
}

/** A failure shows the end of its log; one that waits says for whom. */
function sayMore({ terminal }: Call, deploy: DeployView): void {
  if (deploy.status === "waiting") terminal.say(`It waits for an approval: dayfly approve ${deploy.id}`);
  if (exitOfDeploy(deploy) === 0) return;
  for (const { target, outcome } of deploy.steps) {
    const tail = outcome?.report?.tail;
    if (!tail) continue;
    terminal.say(`The end of the log on ${target}:`);
    for (const line of tail.trimEnd().split("\n")) terminal.say(`  ${line}`);
  }
}
