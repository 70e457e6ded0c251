import { setTimeout as pause } from "node:timers/promises";
import type { SsmSecrets } from "../lib/aws/secrets.ts";
import type { ConfigFile } from "../lib/core/config/config-file.ts";
import { UserError } from "../lib/core/errors.ts";
import type { Forge } from "../lib/core/forge.ts";
import { isAllowed } from "../lib/core/webhook/allow.ts";
import { giteaForge } from "../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../lib/forges/github/github-forge.ts";
import type { GithubAuth } from "../lib/forges/github/options.ts";

type ForgeEntry = ConfigFile["forges"][number];

/** The forges of dayfly.yaml, with secrets that are read when they are first needed. */
export function forgesOf(config: ConfigFile, secrets: SsmSecrets): ReadonlyMap<string, Forge> {
  return new Map(config.forges.map((entry) => [entry.name, forgeOf(entry, secrets)]));
}

function forgeOf(entry: ForgeEntry, secrets: SsmSecrets): Forge {
  const { name, url, allow } = entry;
  const world = { fetch, now: Date.now, sleep: (ms: number) => pause(ms), fraction: Math.random };
  const options = { name, url, world, allows: (repository: string) => isAllowed(allow, repository) };
  switch (entry.kind) {
    case "gitea":
      return giteaForge({ ...options, token: secretOf(entry, "token", entry.token, secrets) });
    case "github":
      return githubForge({ ...options, auth: authOf(entry, secrets) });
    case "git":
      throw new UserError(`forge ${name}: git is for one computer, not for AWS`);
  }
}

function authOf(entry: ForgeEntry, secrets: SsmSecrets): GithubAuth {
  if (entry.app) return { kind: "app", id: entry.app.id, key: secretOf(entry, "key", entry.app.key, secrets) };
  return { kind: "token", token: secretOf(entry, "token", entry.token, secrets) };
}

function secretOf(entry: ForgeEntry, what: string, parameter: string | undefined, secrets: SsmSecrets) {
  return async (): Promise<string> => {
    const value = parameter === undefined ? undefined : await secrets.value(parameter);
    if (value === undefined)
      throw new UserError(`forge ${entry.name}: parameter ${parameter} with its ${what} is missing`);
    return value;
  };
}
