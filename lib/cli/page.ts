import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readEnvironments } from "../app/deploy/deploy-read.ts";
import { cancelRun, retryRun } from "../app/request.ts";
import type { DeployWorld } from "../core/deploy/deploy-ports.ts";
import { UserError } from "../core/errors.ts";
import type { DashboardWorld } from "../dashboard/dashboard.ts";
import { workflowLines } from "./explain/workflow-lines.ts";
import { errorCode } from "./failure.ts";
import type { LocalWorld } from "./start/local-world.ts";

/** Who pressed the button: the page knows no names. */
const by = "the page";

/** What the page shows of a local world. `hosts`: names besides loopback under which it may be asked for. */
export function pageOf(
  { world, log, deploys }: LocalWorld,
  checkout: string,
  hosts: readonly string[],
): DashboardWorld {
  // Its dayfly.yaml is read once, and only when somebody looks.
  let known: DeployWorld | undefined;
  const theirs = () => {
    known ??= deploys();
    return known;
  };
  return {
    runs: world.runs,
    journal: world.journal,
    async deployed() {
      const deployed = theirs();
      return { environments: await readEnvironments(deployed), deploys: await deployed.deploys.list({ limit: 50 }) };
    },
    deploy: (id) => theirs().deploys.get(id),
    now: () => world.clock.now(),
    log,
    line: workflowLines(world.forge),
    hosts,
    cancel: (run) => refusal(cancelRun(world, run.key, by)),
    async retry(run) {
      const asked = retryRun(world, run.key, by);
      const refused = await refusal(asked);
      return refused === undefined ? { key: (await asked)?.key ?? run.key } : { refused };
    },
    asset: assetsIn(checkout),
  };
}

/** Files of the page by name, from our own sources. */
export function assetsIn(checkout: string): DashboardWorld["asset"] {
  return (name) =>
    readFile(join(checkout, "lib", "dashboard", "assets", name), "utf8").catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
}

async function refusal(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
