import { decodeToken, encodeToken } from "../../core/deploy/deploy-codec.ts";
import type { Tokens } from "../../core/deploy/deploy-ports.ts";
import { isoOf } from "../../core/iso-time.ts";
import type { Log } from "../../core/ports.ts";
import { readRows } from "../../core/run/row.ts";
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";

/** API tokens in the store's file: their hashes, never the tokens. */
export function localTokens(file: StoreFile, log: Log): Tokens {
  const insert = file.prepare("INSERT INTO apiTokens (name, hash, row) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const byHash = file.prepare("SELECT row FROM apiTokens WHERE hash = ?");
  const all = file.prepare("SELECT row FROM apiTokens ORDER BY name");
  const revoke = file.prepare(
    "UPDATE apiTokens SET row = json_set(row, '$.revokedAt', coalesce(row ->> '$.revokedAt', @at)) WHERE name = @name",
  );
  return {
    async create(token) {
      const row = JSON.stringify(encodeToken(token));
      return useFile(() => (insert.run(token.name, token.hash, row).changes === 1 ? "created" : "exists"));
    },
    async byHash(hash) {
      const found = useFile(() => byHash.get(hash) as RowColumn | undefined);
      return found && decodeToken(jsonOf(found));
    },
    async list() {
      return readRows(useFile(() => all.all() as RowColumn[]).map(jsonOf), decodeToken, log);
    },
    async revoke(name, at) {
      return useFile(() => (revoke.run({ name, at: isoOf(at) }).changes === 1 ? "revoked" : "unknown"));
    },
  };
}
