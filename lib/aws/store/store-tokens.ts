import { decodeToken, encodeToken } from "../../core/deploy/deploy-codec.ts";
import type { Tokens } from "../../core/deploy/deploy-ports.ts";
import { isoOf } from "../../core/iso-time.ts";
import type { Log } from "../../core/ports.ts";
import { readRows } from "../../core/run/row.ts";
import type { Table } from "./store-table.ts";

/** API tokens in the table. A signpost leads from a hash to the name; what counts is the row under the name. */
export function dynamoTokens(table: Table, log: Log): Tokens {
  return {
    async create(token) {
      const { name, hash } = token;
      const row = { ...encodeToken(token), record: tokenKey(name), listKind: "api token", listOrder: name };
      const written = await table.transact([
        { item: row, condition: "new" },
        { item: { record: hashKey(hash), name }, condition: "new" },
      ]);
      return written === "written" ? "created" : "exists";
    },
    async byHash(hash) {
      const signpost = await table.get(hashKey(hash));
      const row = signpost && (await table.get(tokenKey(String(signpost.name))));
      const token = row && decodeToken(row);
      return token?.hash === hash ? token : undefined;
    },
    async list() {
      return readRows(await table.query({ index: "list", partition: "api token" }), decodeToken, log);
    },
    async revoke(name, at) {
      if (!(await table.get(tokenKey(name)))) return "unknown";
      await table.amend(tokenKey(name), {}, { revokedAt: isoOf(at) });
      return "revoked";
    },
  };
}

function tokenKey(name: string): string {
  return `api-token#${name}`;
}

function hashKey(hash: string): string {
  return `api-token-hash#${hash}`;
}
