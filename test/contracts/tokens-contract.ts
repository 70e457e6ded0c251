import { expect } from "@jest/globals";
import type { DeployStore } from "../../lib/core/deploy/deploy-ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { apiToken } from "./deploy-samples.ts";
import { at } from "./samples.ts";

export function tokensContract(adapter: string, make: MakeBench<DeployStore>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const contract: Contract<DeployStore> = {
  port: "tokens",
  cases: [
    {
      promise: "a token is found by the hash of its secret alone",
      async prove({ tokens }) {
        expect(await tokens.create(apiToken())).toBe("created");
        expect(await tokens.byHash("a".repeat(64))).toEqual(apiToken());
        expect(await tokens.byHash("laptop")).toBeUndefined();
        expect(await tokens.byHash("b".repeat(64))).toBeUndefined();
      },
    },
    {
      promise: "a name is used once, also after it was revoked",
      async prove({ tokens }) {
        await tokens.create(apiToken());
        expect(await tokens.create(apiToken({ hash: "b".repeat(64) }))).toBe("exists");
        await tokens.revoke("laptop", at + 1);
        expect(await tokens.create(apiToken({ hash: "b".repeat(64) }))).toBe("exists");
        expect(await tokens.byHash("b".repeat(64))).toBeUndefined();
      },
    },
    {
      promise: "revoking keeps the first time, and says which token is unknown",
      async prove({ tokens }) {
        await tokens.create(apiToken());
        expect(await tokens.revoke("laptop", at + 1)).toBe("revoked");
        expect(await tokens.revoke("laptop", at + 2)).toBe("revoked");
        expect(await tokens.revoke("desktop", at + 2)).toBe("unknown");
        expect(await tokens.list()).toEqual([apiToken({ revokedAt: at + 1 })]);
      },
    },
    {
      promise: "list has all of them by name",
      async prove({ tokens }) {
        for (const name of ["b", "a"]) await tokens.create(apiToken({ name, hash: name.repeat(64) }));
        expect((await tokens.list()).map(({ name }) => name)).toEqual(["a", "b"]);
      },
    },
  ],
};
