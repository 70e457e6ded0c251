import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../core/config/config.ts";
import type { Clock, Log, Random, Secrets, World } from "../core/ports.ts";
import { gitForge } from "../forges/git.ts";
import { jsonLog } from "../local/json-log.ts";
import { type LocalMachines, localMachines } from "../local/machines.ts";
import { type LocalStore, openStore } from "../local/store.ts";
import type { Programs } from "./command.ts";
import { localProfiles } from "./local-profiles.ts";
import type { LocalWorld } from "./local-world.ts";
import { readLog } from "./log-file.ts";
import { type ServedGitea, servedGitea } from "./world-gitea.ts";

/** Where things lie in the folder of a local world. */
export function placesIn(folder: string) {
  return {
    store: join(folder, "store.db"),
    lock: join(folder, "lock.db"),
    log: join(folder, "dayfly.log"),
    secret: join(folder, "secret"),
    served: join(folder, "served.json"),
    machines: join(folder, "machines"),
    repositories: join(folder, "repositories"),
  };
}

export interface BuiltWorld extends LocalWorld {
  readonly store: LocalStore;
  readonly machines: LocalMachines;
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
    programs: { ...machinePrograms(programs), ...(gitea ? { actRunner: gitea.runner } : {}) },
  });
  const { runs, machineRecords, launches, adoptions, journal, queue } = store;
  const base = { clock, log, random, runs, machineRecords, launches, adoptions, journal, queue };
  const world: World = {
    ...base,
    machines,
    secrets: secretsIn(places.secret),
    ...(gitea ? servedGitea(gitea) : forgesIn(places.repositories, store)),
  };
  return {
    world,
    store,
    machines,
    async log(runKey, from) {
      const run = await runs.get(runKey);
      const file = run && "instanceId" in run && run.instanceId ? machines.logFile(run.instanceId) : undefined;
      return file === undefined ? undefined : readLog(file, from);
    },
    close: async () => store.close(),
  };
}

/** Every bare repository of the folder is a forge of its own, by its name. */
function forgesIn(repositories: string, { journal }: LocalStore): Pick<World, "config" | "forge"> {
  const names = existsSync(repositories) ? readdirSync(repositories).filter((name) => name.endsWith(".git")) : [];
  const forges = names.sort().map((name) => name.slice(0, -".git".length));
  const byName = new Map(
    forges.map((name) => {
      const repository = join(repositories, `${name}.git`);
      const isSettled = async (id: string) => {
        const outcome = (await journal.delivery(name, id))?.outcome;
        return outcome !== undefined && outcome !== "received";
      };
      return [name, gitForge({ name, repository, isSettled })];
    }),
  );
  const config: Config = {
    forges: forges.map((name) => ({ name, kind: "git", url: join(repositories, `${name}.git`), allow: [] })),
    profiles: localProfiles(),
  };
  return { config, forge: (name) => byName.get(name) };
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
