import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../core/config/config.ts";
import type { Forge } from "../../core/forge.ts";
import type { Journal, World } from "../../core/ports.ts";
import { gitForge } from "../../forges/git.ts";
import { localProfiles } from "../start/local-profiles.ts";

/** The bare repositories of one folder, each a forge of its own, by its name. */
export interface ServedRepositories extends Pick<World, "config" | "forge"> {
  /** Reads the folder again: what has come since is there from now on, what has gone is not. */
  look(): void;
}

export function servedRepositories(folder: string, journal: Journal): ServedRepositories {
  let forges: ReadonlyMap<string, Forge> = new Map();

  function forgeOf(name: string): Forge {
    const isSettled = async (id: string): Promise<boolean> => {
      const outcome = (await journal.delivery(name, id))?.outcome;
      return outcome !== undefined && outcome !== "received";
    };
    return gitForge({ name, repository: join(folder, `${name}.git`), isSettled });
  }

  function look(): void {
    forges = new Map(namesIn(folder).map((name) => [name, forges.get(name) ?? forgeOf(name)]));
  }

  const config: Config = {
    get forges() {
      return [...forges.keys()].map(
        (name) => ({ name, kind: "git", url: join(folder, `${name}.git`), allow: [] }) as const,
      );
    },
    profiles: localProfiles(),
  };
  look();
  return { config, forge: (name) => forges.get(name), look };
}

/** Folders that git itself would take for a repository; what is only half there is found when it is whole. */
function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const isRepository = (name: string): boolean =>
    ["HEAD", "config", "objects", "refs"].every((part) => existsSync(join(folder, name, part)));
  const found = readdirSync(folder).filter((name) => name.endsWith(".git") && name !== ".git" && isRepository(name));
  return found.sort().map((name) => name.slice(0, -".git".length));
}
