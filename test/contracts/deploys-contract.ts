import { expect } from "@jest/globals";
import type { Deploy } from "../../lib/core/deploy/deploy.ts";
import type { DeployStore } from "../../lib/core/deploy/deploy-ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { endedDeploy, knownEnvironment, runningDeploy } from "./deploy-samples.ts";
import { at } from "./samples.ts";

export function deploysContract(adapter: string, make: MakeBench<DeployStore>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const { id } = runningDeploy();
const numbered = (n: number) => `${n}`.padStart(32, "0");

/** The deploy as it stands after one more thing was said of it. */
function after(deploy: Deploy, text: string): Deploy {
  return { ...deploy, history: [...deploy.history, { version: deploy.version + 1, at, text }] };
}

const contract: Contract<DeployStore> = {
  port: "deploys",
  cases: [
    {
      promise: "save over 0 writes only where there is none, and get gives it back unchanged",
      async prove({ deploys }) {
        expect(await deploys.save(runningDeploy(), 0)).toBe("stored");
        expect(await deploys.save(endedDeploy(), 0)).toBe("stale");
        expect(await deploys.get(id)).toEqual(runningDeploy({ version: 1 }));
        expect(await deploys.get(numbered(9))).toBeUndefined();
      },
    },
    {
      promise: "an ended deploy, and one without a release, come back unchanged",
      async prove({ deploys }) {
        const { release: _none, ...rollback } = endedDeploy({ id: numbered(2), op: "rollback" });
        await deploys.save(endedDeploy(), 0);
        await deploys.save(rollback as Deploy, 0);
        expect(await deploys.get(id)).toEqual(endedDeploy({ version: 1 }));
        expect(await deploys.get(numbered(2))).toEqual({ ...rollback, version: 1 });
      },
    },
    {
      promise: "save over the expected version stores the next one; over another it writes nothing",
      async prove({ deploys }) {
        await deploys.save(runningDeploy(), 0);
        expect(await deploys.save(runningDeploy({ fence: 4, version: 99 }), 1)).toBe("stored");
        expect(await deploys.save(endedDeploy(), 1)).toBe("stale");
        expect(await deploys.save(endedDeploy(), 3)).toBe("stale");
        expect(await deploys.save(endedDeploy({ id: numbered(7) }), 1)).toBe("stale");
        expect(await deploys.get(id)).toEqual(runningDeploy({ fence: 4, version: 2 }));
        expect(await deploys.get(numbered(7))).toBeUndefined();
      },
    },
    {
      promise: "save has one winner among twenty writers of one version",
      async prove({ deploys }) {
        await deploys.save(runningDeploy(), 0);
        const fences = Array.from({ length: 20 }, (_, n) => n + 10);
        const answers = await Promise.all(fences.map((fence) => deploys.save(runningDeploy({ fence }), 1)));
        const winners = fences.filter((_, n) => answers[n] === "stored");
        expect(winners).toHaveLength(1);
        expect((await deploys.get(id))?.fence).toBe(winners[0]);
      },
    },
    {
      promise: "the audit has every entry once, oldest first, and none of a save that was stale",
      async prove({ deploys }) {
        await deploys.save(runningDeploy(), 0);
        await deploys.save(after(runningDeploy({ version: 1 }), "lost the race"), 9);
        const second = after(after(runningDeploy({ version: 1 }), "two"), "two more");
        await deploys.save(second, 1);
        await deploys.save({ ...second, version: 2 }, 2);
        await deploys.save(after({ ...endedDeploy({ version: 3 }), history: [] }, "last"), 3);
        expect((await deploys.audit(id)).map(({ version, text }) => `${version} ${text}`)).toEqual([
          "1 asked by job deploy of acme/shop",
          "2 two",
          "2 two more",
          "4 last",
        ]);
        expect(await deploys.audit(numbered(9))).toEqual([]);
      },
    },
    {
      promise: "due lists open deploys, most overdue first, no more than the limit, and forgets those that ended",
      async prove({ deploys }) {
        for (const [n, dueAt] of [at, at - 1000, at + 500, at + 501].entries())
          await deploys.save(runningDeploy({ id: numbered(n), dueAt }), 0);
        expect(await deploys.due(at + 500, 10)).toEqual([numbered(1), numbered(0), numbered(2)]);
        expect(await deploys.due(at + 500, 1)).toEqual([numbered(1)]);
        await deploys.save(endedDeploy({ id: numbered(1) }), 1);
        expect(await deploys.due(at + 500, 10)).toEqual([numbered(0), numbered(2)]);
      },
    },
    {
      promise: "list is newest first, of one app or environment where asked, no more than the limit",
      async prove({ deploys }) {
        const places = [{ env: "prod" }, { env: "pr-7" }, { env: "prod", app: "blog" }];
        for (const [n, place] of places.entries())
          await deploys.save(runningDeploy({ id: numbered(n), createdAt: at + n, ...place }), 0);
        const ids = async (query: Parameters<typeof deploys.list>[0]) =>
          (await deploys.list(query)).map((deploy) => Number(deploy.id));
        expect(await ids({ limit: 10 })).toEqual([2, 1, 0]);
        expect(await ids({ limit: 2 })).toEqual([2, 1]);
        expect(await ids({ limit: 10, env: "prod" })).toEqual([2, 0]);
        expect(await ids({ limit: 1, env: "prod", app: "shop" })).toEqual([0]);
        expect(await ids({ limit: 10, env: "dev" })).toEqual([]);
      },
    },
    {
      promise: "a wish writes environment, deploy and audit, or none of them",
      async prove({ deploys, environments }) {
        const fresh = { environment: 0, deploy: 0 };
        expect(await environments.desire(knownEnvironment(), runningDeploy(), fresh)).toBe("stored");
        expect(await environments.get("shop", "pr-7")).toEqual(knownEnvironment({ version: 1 }));
        expect(await deploys.get(id)).toEqual(runningDeploy({ version: 1 }));
        expect(await deploys.audit(id)).toHaveLength(1);

        const other = runningDeploy({ id: numbered(5) });
        expect(await environments.desire(knownEnvironment(), other, fresh)).toBe("stale");
        expect(await environments.desire(knownEnvironment(), other, { environment: 1, deploy: 1 })).toBe("stale");
        expect(await environments.desire(knownEnvironment(), runningDeploy(), { environment: 2, deploy: 1 })).toBe(
          "stale",
        );
        expect(await environments.get("shop", "pr-7")).toEqual(knownEnvironment({ version: 1 }));
        expect(await deploys.get(numbered(5))).toBeUndefined();
        expect(await deploys.audit(id)).toHaveLength(1);
      },
    },
    {
      promise: "a wish has one winner among ten for one environment",
      async prove({ deploys, environments }) {
        const wishes = Array.from({ length: 10 }, (_, n) => runningDeploy({ id: numbered(n) }));
        const answers = await Promise.all(
          wishes.map((wish) => environments.desire(knownEnvironment(), wish, { environment: 0, deploy: 0 })),
        );
        expect(answers.filter((answer) => answer === "stored")).toHaveLength(1);
        expect(await deploys.list({ limit: 20 })).toHaveLength(1);
      },
    },
    {
      promise: "environments are saved over their version only, and listed by app and name",
      async prove({ environments }) {
        const bare = { app: "blog", env: "dev", fence: 0, observed: {}, inspections: {}, version: 0 };
        expect(await environments.save(knownEnvironment(), 0)).toBe("stored");
        expect(await environments.save(bare, 0)).toBe("stored");
        expect(await environments.save(bare, 0)).toBe("stale");
        expect(await environments.save(knownEnvironment({ fence: 8 }), 1)).toBe("stored");
        expect(await environments.save(knownEnvironment({ fence: 9 }), 1)).toBe("stale");
        expect(await environments.list()).toEqual([
          { ...bare, version: 1 },
          knownEnvironment({ fence: 8, version: 2 }),
        ]);
        expect(await environments.get("blog", "prod")).toBeUndefined();
      },
    },
  ],
};
