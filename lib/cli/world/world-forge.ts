import { setTimeout as pause } from "node:timers/promises";
import type { ServerForge } from "../../core/forge.ts";
import { giteaForge } from "../../forges/gitea/gitea-forge.ts";
import { githubForge } from "../../forges/github/github-forge.ts";
import type { HttpWorld } from "../../forges/http/http-client.ts";
import { secretIn } from "../private-file.ts";

/** A forge and our way into it, as a person names them on the command line. */
export interface ForgeAccess {
  readonly kind: "gitea" | "github";
  readonly url: string;
  readonly key: ForgeKey;
}

/** Files that hold one secret each; they are read anew for every call, so that they may be changed. */
export type ForgeKey =
  | { readonly kind: "token"; readonly file: string }
  | { readonly kind: "app"; readonly id: string; readonly file: string };

/** The world of every forge that this computer asks. */
export const forgeWorld: HttpWorld = {
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  sleep: (ms) => pause(ms),
  fraction: () => Math.random(),
};

export function openForge({ kind, url, key }: ForgeAccess): ServerForge {
  const options = { name: kind, url, world: forgeWorld };
  const secret = async () => secretIn(key.file);
  if (kind === "gitea") return giteaForge({ ...options, token: secret });
  return githubForge({
    ...options,
    auth: key.kind === "app" ? { kind: "app", id: key.id, key: secret } : { kind: "token", token: secret },
  });
}
