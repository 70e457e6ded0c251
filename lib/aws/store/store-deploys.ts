import { type Deploy, type Environment, entriesOf } from "../../core/deploy/deploy.ts";
import {
  decodeDeploy,
  decodeEntry,
  decodeEnvironment,
  encodeDeploy,
  encodeEntry,
  encodeEnvironment,
} from "../../core/deploy/deploy-codec.ts";
import type { Deploys, Environments } from "../../core/deploy/deploy-ports.ts";
import { isoOf } from "../../core/iso-time.ts";
import type { Log } from "../../core/ports.ts";
import { readRows } from "../../core/run/row.ts";
import type { Condition } from "./store-expressions.ts";
import type { Action, Item, Table } from "./store-table.ts";

/** Deploys with their audit, and the environments, in the table. None of them expires: they are few, and people ask years later. */
export function dynamoDeploys(
  table: Table,
  log: Log,
): { readonly deploys: Deploys; readonly environments: Environments } {
  async function together(actions: readonly Action[]): Promise<"stored" | "stale"> {
    return (await table.transact(actions)) === "written" ? "stored" : "stale";
  }

  return {
    deploys: {
      async get(id) {
        const row = await table.get(`deploy#${id}`);
        return row && decodeDeploy(row);
      },
      save: async (deploy, expectedVersion) => together(deployActions(deploy, expectedVersion)),
      async audit(id) {
        return (await table.query({ index: "list", partition: auditOf(id) })).map(decodeEntry);
      },
      async due(before, limit) {
        const rows = await table.query({ index: "due", partition: "deploy", upTo: isoOf(before), limit });
        return rows.map(({ record }) => String(record).slice("deploy#".length));
      },
      async list({ limit, app, env }) {
        const wanted = { ...(app !== undefined && { app: [app] }), ...(env !== undefined && { env: [env] }) };
        const rows = await table.query({
          index: "list",
          partition: "deploy",
          newestFirst: true,
          having: wanted,
          limit,
        });
        return readRows(rows, decodeDeploy, log);
      },
    },
    environments: {
      async get(app, env) {
        const row = await table.get(environmentKey(app, env));
        return row && decodeEnvironment(row);
      },
      async list() {
        return readRows(await table.query({ index: "list", partition: "environment" }), decodeEnvironment, log);
      },
      desire: async (environment, deploy, expected) =>
        together([environmentAction(environment, expected.environment), ...deployActions(deploy, expected.deploy)]),
      save: async (environment, expectedVersion) => together([environmentAction(environment, expectedVersion)]),
    },
  };
}

/** The row, and what was newly said of it as items of their own. */
function deployActions(deploy: Deploy, expectedVersion: number): readonly Action[] {
  const version = expectedVersion + 1;
  const { id } = deploy;
  const entries = entriesOf(deploy, version).map((entry, n): Action => {
    const place = `${String(version).padStart(6, "0")}#${n}`;
    const item = { ...encodeEntry(entry), record: `${auditOf(id)}#${place}`, listKind: auditOf(id), listOrder: place };
    return { item, condition: "new" };
  });
  return [{ item: deployItem({ ...deploy, version }), condition: over(expectedVersion) }, ...entries];
}

function deployItem(deploy: Deploy): Item {
  return {
    ...encodeDeploy(deploy),
    record: `deploy#${deploy.id}`,
    ...(deploy.dueAt !== undefined && { dueKind: "deploy", dueOn: isoOf(deploy.dueAt) }),
    listKind: "deploy",
    listOrder: `${isoOf(deploy.createdAt)}#${deploy.id}`,
  };
}

function environmentAction(environment: Environment, expectedVersion: number): Action {
  const { app, env } = environment;
  const item = {
    ...encodeEnvironment({ ...environment, version: expectedVersion + 1 }),
    record: environmentKey(app, env),
    listKind: "environment",
    listOrder: `${app}#${env}`,
  };
  return { item, condition: over(expectedVersion) };
}

function environmentKey(app: string, env: string): string {
  return `environment#${app}#${env}`;
}

function auditOf(id: string): string {
  return `deploy-audit#${id}`;
}

function over(expectedVersion: number): Condition {
  return expectedVersion === 0 ? "new" : expectedVersion;
}
