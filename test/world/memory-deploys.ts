import { type Deploy, type DeployEntry, type Environment, entriesOf } from "../../lib/core/deploy/deploy.ts";
import type { Deploys, Environments } from "../../lib/core/deploy/deploy-ports.ts";

export interface MemoryDeploys extends Deploys {
  /** Every row, in order of creation: for invariants. */
  all(): readonly Deploy[];
}

export interface MemoryEnvironments extends Environments {
  all(): readonly Environment[];
}

/** Deploys and environments together, because a wish writes both or neither. */
export function memoryDeploys(): { readonly deploys: MemoryDeploys; readonly environments: MemoryEnvironments } {
  const deploys = new Map<string, Deploy>();
  const entries = new Map<string, DeployEntry[]>();
  const environments = new Map<string, Environment>();

  function putDeploy(deploy: Deploy, version: number): void {
    deploys.set(deploy.id, structuredClone({ ...deploy, version }));
    entries.set(deploy.id, [...(entries.get(deploy.id) ?? []), ...entriesOf(deploy, version)]);
  }

  function putEnvironment(environment: Environment, version: number): void {
    environments.set(keyOf(environment), structuredClone({ ...environment, version }));
  }

  const isAt = (row: { readonly version: number } | undefined, version: number) => (row?.version ?? 0) === version;

  return {
    deploys: {
      all: () => [...deploys.values()],
      async get(id) {
        return deploys.get(id);
      },
      async save(deploy, expectedVersion) {
        if (!isAt(deploys.get(deploy.id), expectedVersion)) return "stale";
        putDeploy(deploy, expectedVersion + 1);
        return "stored";
      },
      async audit(id) {
        return entries.get(id) ?? [];
      },
      async due(before, limit) {
        return [...deploys.values()]
          .filter(({ dueAt }) => dueAt !== undefined && dueAt <= before)
          .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
          .slice(0, limit)
          .map(({ id }) => id);
      },
      async list({ limit, app, env }) {
        return [...deploys.values()]
          .filter((deploy) => (app === undefined || deploy.app === app) && (env === undefined || deploy.env === env))
          .reverse()
          .sort((a, b) => b.createdAt - a.createdAt)
          .slice(0, limit);
      },
    },
    environments: {
      all: () => [...environments.values()],
      async get(app, env) {
        return environments.get(keyOf({ app, env }));
      },
      async list() {
        return [...environments.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      },
      async desire(environment, deploy, expected) {
        if (!isAt(environments.get(keyOf(environment)), expected.environment)) return "stale";
        if (!isAt(deploys.get(deploy.id), expected.deploy)) return "stale";
        putEnvironment(environment, expected.environment + 1);
        putDeploy(deploy, expected.deploy + 1);
        return "stored";
      },
      async save(environment, expectedVersion) {
        if (!isAt(environments.get(keyOf(environment)), expectedVersion)) return "stale";
        putEnvironment(environment, expectedVersion + 1);
        return "stored";
      },
    },
  };
}

function keyOf({ app, env }: { readonly app: string; readonly env: string }): string {
  return `${app}/${env}`;
}
