import { setTimeout as pause } from "node:timers/promises";
import type { ConfigFile } from "../core/config/config-file.ts";
import { UserError } from "../core/errors.ts";
import type { Forge } from "../core/forge.ts";
import { isAllowed } from "../core/webhook/allow.ts";
import { giteaForge } from "./gitea/gitea-forge.ts";
import { githubForge } from "./github/github-forge.ts";
import type { GithubAuth } from "./github/options.ts";

/** The value of a secret by its parameter's name; undefined where there is none. */
export type SecretValue = (parameter: string) => Promise<string | undefined>;

type ForgeEntry = ConfigFile["forges"][number];

/** The forges of dayfly.yaml, with secrets that are read when they are first needed. */
export function forgesOf(config: ConfigFile, secret: SecretValue): ReadonlyMap<string, Forge> {
  return new Map(config.forges.map((entry) => [entry.name, forgeOf(entry, secret)]));
}

function forgeOf(entry: ForgeEntry, secret: SecretValue): Forge {
  const { name, url, allow } = entry;
  const world = { fetch, now: Date.now, sleep: (ms: number) => pause(ms), fraction: Math.random };
  const options = { name, url, world, allows: (repository: string) => isAllowed(allow, repository) };
  switch (entry.kind) {
    case "gitea":
      return giteaForge({
        ...options,
        workflowDirectories: entry.workflowDirectories,
        token: secretOf(entry, "token", entry.token, secret),
      });
    case "github":
      return githubForge({ ...options, auth: authOf(entry, secret) });
    case "git":
      throw new UserError(`forge ${name}: git is for one computer, not for AWS`);
  }
}

function authOf(entry: ForgeEntry, secret: SecretValue): GithubAuth {
  if (entry.app) return { kind: "app", id: entry.app.id, key: secretOf(entry, "key", entry.app.key, secret) };
  return { kind: "token", token: secretOf(entry, "token", entry.token, secret) };
}

function secretOf(entry: ForgeEntry, what: string, parameter: string | undefined, secret: SecretValue) {
  return async (): Promise<string> => {
    const value = parameter === undefined ? undefined : await secret(parameter);
    if (value === undefined)
      throw new UserError(`forge ${entry.name}: parameter ${parameter} with its ${what} is missing`);
    return value;
  };
}
