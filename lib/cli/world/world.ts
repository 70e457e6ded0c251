import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Log, Random, Secrets, World } from "../../core/ports.ts";
import { jsonLog } from "../../local/json-log.ts";
import { type LocalMachines, localMachines } from "../../local/machines.ts";
import { type LocalStore, openStore } from "../../local/store/store.ts";
import type { Programs } from "../command.ts";
import { readLog } from "../log-file.ts";
import type { LocalWorld } from "../start/local-world.ts";
import { deployWorld } from "./world-deploys.ts";
import { type ServedGitea, servedGitea } from "./world-gitea.ts";
import { servedRepositories } from "./world-repositories.ts";

/** Where things lie in the folder of a local world. */
export function placesIn(folder: string) {
  return {
    store: join(folder, "store.db"),
    lock: join(folder, "lock.db"),
    log: join(folder, "dayfly.log"),
    secret: join(folder, "secret"),
    served: join(folder, "served.json"),
    machines: join(folder, "machines"),
    commands: join(folder, "bin"),
    repositories: join(folder, "repositories"),
  };
}

export interface BuiltWorld extends LocalWorld {
  readonly store: LocalStore;
  readonly machines: LocalMachines;
  /** Finds repositories that have come since. */
  readonly lookForRepositories: () => void;
}

/** Opens the world of one computer: every port, from its adapters. This file and its neighbours alone know them. */
export async function openWorld(
  folder: string,
  mode: "read" | "write",
  programs: Programs,
  gitea?: ServedGitea,
): Promise<BuiltWorld> {
  const places = placesIn(folder);
  const clock: Clock = { now: () => Date.now() };
  const log = mode === "write" ? jsonLog(places.log, clock) : silent;
  const store = openStore({ path: places.store, mode, clock, log });
  const machines = localMachines({
    folder: places.machines,
    commands: places.commands,
    programs: { ...machinePrograms(programs), ...(gitea?.runner === undefined ? {} : { actRunner: gitea.runner }) },
  });
  const { runs, machineRecords, launches, adoptions, journal, queue } = store;
  const base = { clock, log, random, runs, machineRecords, launches, adoptions, journal, queue };
  const served = gitea ? { ...servedGitea(gitea), look: () => {} } : servedRepositories(places.repositories, journal);
  const { config, forge } = served;
  const world: World = { ...base, config, forge, machines, secrets: secretsIn(places.secret) };
  return {
    world,
    store,
    machines,
    lookForRepositories: served.look,
    async log(runKey, from) {
      const run = await runs.get(runKey);
      const file = run && "instanceId" in run && run.instanceId ? machines.logFile(run.instanceId) : undefined;
      return file === undefined ? undefined : readLog(file, from);
    },
    deploys: () => deployWorld(folder, world, store),
    close: async () => store.close(),
  };
}

/** One secret signs the webhooks of all hooks of this folder. */
function secretsIn(file: string): Secrets {
  return { webhook: async () => (existsSync(file) ? [readFileSync(file, "utf8")] : []) };
}

const random: Random = {
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString("hex")
      .slice(0, digits),
  fraction: () => Math.random(),
};

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

function machinePrograms({ supervisor, runner }: Programs): { supervisor: string; runner: string } {
  if (supervisor === undefined || runner === undefined) throw new Error("the bundle lacks a program of the machines");
  return { supervisor, runner };
}
