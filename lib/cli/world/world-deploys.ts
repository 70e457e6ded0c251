import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { advanceDeploy } from "../../app/deploy/deploy-advance.ts";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { readConfig } from "../../core/config/read-config.ts";
import type { Commands, DeployStore, Wakes } from "../../core/deploy/deploy-ports.ts";
import { UserError } from "../../core/errors.ts";
import type { World } from "../../core/ports.ts";
import { localBundles } from "../../local/bundles.ts";
import { localCommands } from "../../local/commands.ts";
import type { LocalDeployWorld } from "../start/local-world.ts";

/** Where deploys lie in the folder of a local world. */
export function deployPlacesIn(folder: string) {
  return {
    config: join(folder, "dayfly.yaml"),
    target: (name: string) => join(folder, "targets", name),
    commands: (name: string) => join(folder, "commands", name),
  };
}

/**
 * The local world with what deploys need: the rules of its dayfly.yaml, and the targets that are this computer.
 *
 * @throws UserError where that file is wrong
 */
export function deployWorld(folder: string, world: World, store: DeployStore): LocalDeployWorld {
  const { targets, apps, environments: rules } = configIn(folder);
  const places = deployPlacesIn(folder);
  const here = new Map<string, Commands>(
    targets.map(({ name, local }) => [
      name,
      local ? localCommands({ target: places.target(name), folder: places.commands(name) }) : elsewhere(name),
    ]),
  );
  const { environments, deploys, tokens } = store;
  return {
    ...{ ...world, environments, deploys, tokens, rules, wakes: noWakes },
    commands: (name) => here.get(name),
    bundles: localBundles({ folder, clock: world.clock }),
    bundled: new Set(apps.filter(({ bundle }) => bundle).map(({ name }) => name)),
  };
}

function configIn(folder: string): Pick<ConfigFile, "targets" | "apps" | "environments"> {
  const { config } = deployPlacesIn(folder);
  if (!existsSync(config)) return { targets: [], apps: [], environments: [] };
  const reading = readConfig(config, readFileSync(config, "utf8"));
  if (reading.kind === "invalid") throw new UserError("dayfly.yaml of the local world is wrong", reading.problems);
  const { targets, apps, environments, forges, profiles, grants } = reading.file;
  // A key that does nothing would be believed.
  if (forges.length + profiles.length + grants.length > 0)
    throw new UserError("one computer reads only targets, apps and environments of its dayfly.yaml", [
      { file: config, text: "take forges, profiles and grants away" },
    ]);
  return { targets, apps, environments };
}

/** A command that is run once needs nobody else: it looks again by itself, and whoever serves the folder sweeps. */
const noWakes: Wakes = { wake: async () => undefined };

/** Wake-ups of whoever serves the folder. */
export function timedWakes(advance: (deployId: string) => Promise<void>): Wakes & { stop(): Promise<void> } {
  const timers = new Map<string, NodeJS.Timeout>();
  let advancing: Promise<void> = Promise.resolve();
  return {
    async wake(deployId, afterSeconds) {
      clearTimeout(timers.get(deployId));
      const act = () => {
        timers.delete(deployId);
        advancing = advancing.then(() => advance(deployId));
      };
      timers.set(deployId, setTimeout(act, afterSeconds * 1000));
    },
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await advancing;
    },
  };
}

/** The same world for whoever serves it: deploys go on by themselves. A deploy that fails to go on is left to the sweep. */
export function servedDeploys(world: LocalDeployWorld): LocalDeployWorld & { stop(): Promise<void> } {
  const wakes = timedWakes(async (deployId) => {
    try {
      await advanceDeploy(served, deployId);
    } catch (error) {
      world.log.error("deploy not advanced", {
        deployId,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  });
  const served: LocalDeployWorld & { stop(): Promise<void> } = { ...world, wakes, stop: () => wakes.stop() };
  return served;
}

function elsewhere(name: string): Commands {
  const text = `target ${name} is not this computer: deploy to it with the installation on AWS`;
  return {
    send: async () => ({ kind: "impossible", text }),
    find: async () => [],
    result: async () => ({ kind: "unheard", text }),
  };
}
