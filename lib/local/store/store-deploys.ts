import { type Deploy, type Environment, entriesOf, isOver } from "../../core/deploy/deploy.ts";
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
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";

/** Deploys with their audit, and the environments, in the store's file. */
export function localDeploys(
  file: StoreFile,
  log: Log,
): { readonly deploys: Deploys; readonly environments: Environments } {
  const get = file.prepare("SELECT row FROM deploys WHERE id = ?");
  const due = file.prepare("SELECT id FROM deploys WHERE dueAt <= ? ORDER BY dueAt LIMIT ?");
  const audit = file.prepare("SELECT row FROM deployAudit WHERE deployId = ? ORDER BY n");
  const addEntry = file.prepare("INSERT INTO deployAudit (deployId, at, text, row) VALUES (?, ?, ?, ?)");
  const getPlace = file.prepare("SELECT row FROM environments WHERE app = ? AND env = ?");
  const listPlaces = file.prepare("SELECT row FROM environments ORDER BY app, env");
  const deploysTable = versionedTable(file, "deploys", deployColumns, "id = @id");
  const environmentsTable = versionedTable(file, "environments", environmentColumns, "app = @app AND env = @env");

  function saveDeploy(deploy: Deploy, expectedVersion: number): boolean {
    const version = expectedVersion + 1;
    if (!deploysTable.write(columnsOfDeploy({ ...deploy, version }), expectedVersion)) return false;
    for (const entry of entriesOf(deploy, version))
      addEntry.run(deploy.id, isoOf(entry.at), entry.text, JSON.stringify(encodeEntry(entry)));
    return true;
  }

  function saveEnvironment(environment: Environment, expectedVersion: number): boolean {
    const next = { ...environment, version: expectedVersion + 1 };
    return environmentsTable.write(columnsOfEnvironment(next), expectedVersion);
  }

  /** All of it or nothing. */
  function together(writes: readonly (() => boolean)[]): "stored" | "stale" {
    return useFile(() => {
      try {
        file
          .transaction(() => {
            for (const write of writes) if (!write()) throw stale;
          })
          .immediate();
        return "stored";
      } catch (error) {
        if (error === stale) return "stale";
        throw error;
      }
    });
  }

  return {
    deploys: {
      async get(id) {
        const found = useFile(() => get.get(id) as RowColumn | undefined);
        return found && decodeDeploy(jsonOf(found));
      },
      save: async (deploy, expectedVersion) => together([() => saveDeploy(deploy, expectedVersion)]),
      async audit(id) {
        const rows = useFile(() => audit.all(id) as RowColumn[]);
        return rows.map((row) => decodeEntry(jsonOf(row)));
      },
      async due(before, limit) {
        return useFile(() => (due.all(isoOf(before), limit) as { id: string }[]).map(({ id }) => id));
      },
      async list({ limit, app = null, env = null }) {
        const rows = useFile(() => file.prepare(listDeploys).all({ limit, app, env }) as RowColumn[]);
        return readRows(rows.map(jsonOf), decodeDeploy, log);
      },
    },
    environments: {
      async get(app, env) {
        const found = useFile(() => getPlace.get(app, env) as RowColumn | undefined);
        return found && decodeEnvironment(jsonOf(found));
      },
      async list() {
        const rows = useFile(() => listPlaces.all() as RowColumn[]);
        return readRows(rows.map(jsonOf), decodeEnvironment, log);
      },
      desire: async (environment, deploy, expected) =>
        together([() => saveEnvironment(environment, expected.environment), () => saveDeploy(deploy, expected.deploy)]),
      save: async (environment, expectedVersion) => together([() => saveEnvironment(environment, expectedVersion)]),
    },
  };
}

/** Thrown to undo a transaction; nobody outside sees it. */
const stale = Symbol("stale");

const deployColumns = [
  "id",
  "version",
  "app",
  "env",
  "tag",
  "status",
  "reason",
  "askedBy",
  "createdAt",
  "dueAt",
  "endedAt",
  "row",
];
const environmentColumns = ["app", "env", "version", "fence", "desiredTag", "operation", "row"];

const listDeploys = `
  SELECT row FROM deploys WHERE (@app IS NULL OR app = @app) AND (@env IS NULL OR env = @env)
  ORDER BY createdAt DESC, rowid DESC LIMIT @limit`;

type Columns = Readonly<Record<string, string | number | null>>;

/** Rows that are written over an expected version only; 0: only where there is none. */
function versionedTable(file: StoreFile, table: string, columns: readonly string[], key: string) {
  const names = columns.join(", ");
  const values = columns.map((column) => `@${column}`).join(", ");
  const insert = file.prepare(`INSERT INTO ${table} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING`);
  const update = file.prepare(
    `UPDATE ${table} SET (${names}) = (${values}) WHERE ${key} AND version = @expectedVersion`,
  );
  return {
    write(row: Columns, expectedVersion: number): boolean {
      return (expectedVersion === 0 ? insert.run(row) : update.run({ ...row, expectedVersion })).changes === 1;
    },
  };
}

function columnsOfDeploy(deploy: Deploy): Columns {
  const { id, version, app, env, status } = deploy;
  return {
    ...{ id, version, app, env, status },
    tag: deploy.release?.tag ?? null,
    reason: deploy.reason.text,
    askedBy: deploy.by,
    createdAt: isoOf(deploy.createdAt),
    dueAt: deploy.dueAt === undefined ? null : isoOf(deploy.dueAt),
    endedAt: isOver(deploy) ? isoOf(deploy.endedAt) : null,
    row: JSON.stringify(encodeDeploy(deploy)),
  };
}

function columnsOfEnvironment(environment: Environment): Columns {
  const { app, env, version, fence } = environment;
  return {
    ...{ app, env, version, fence },
    desiredTag: environment.desired?.release?.tag ?? null,
    operation: environment.operation ?? null,
    row: JSON.stringify(encodeEnvironment(environment)),
  };
}
