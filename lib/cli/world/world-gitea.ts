import type { Config } from "../../core/config/config.ts";
import type { World } from "../../core/ports.ts";
import { giteaForge } from "../../forges/gitea/gitea-forge.ts";
import { secretIn } from "../private-file.ts";
import { localProfiles } from "../start/local-profiles.ts";
import { forgeWorld } from "./world-forge.ts";

/** A Gitea that this computer serves. */
export interface ServedGitea {
  readonly url: string;
  /** Holds the token and nothing else; read anew for every call, so that it may be changed. */
  readonly tokenFile: string;
  /** Path of Gitea's own runner; undefined for a command beside the server, which starts no machine. */
  readonly runner: string | undefined;
  /** Jobs run as processes of this computer; otherwise in containers. */
  readonly trust: boolean;
  /** Of the containers; undefined: what Gitea's own runner takes where nobody says otherwise. */
  readonly image?: string | undefined;
}

/** Name of the forge in this world; the last part of its webhook's address. */
export const GITEA_NAME = "gitea";

const IMAGE = "docker.gitea.com/runner-images:ubuntu-latest";

export function servedGitea({ url, tokenFile, trust, image = IMAGE }: ServedGitea): Pick<World, "config" | "forge"> {
  const forge = giteaForge({
    name: GITEA_NAME,
    url,
    token: async () => secretIn(tokenFile),
    runnerLabel: (label) => (trust ? `${label}:host` : `${label}:docker://${image}`),
    world: forgeWorld,
  });
  const config: Config = { forges: [{ name: GITEA_NAME, kind: "gitea", url, allow: [] }], profiles: localProfiles() };
  return { config, forge: (name) => (name === GITEA_NAME ? forge : undefined) };
}
