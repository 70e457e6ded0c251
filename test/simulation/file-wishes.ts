import { createHash } from "node:crypto";
import { requestDeploy } from "../../lib/app/deploy/deploy.ts";
import { postBundle } from "../../lib/app/deploy/deploy-bundle.ts";
import type { Bundle } from "../../lib/core/deploy/bundle.ts";
import { DeployBody } from "../../lib/core/deploy/deploy-calls.ts";
import type { Stage } from "./deploys.ts";

const WISHES = 6;
const place = { app: "files", env: "prod" };
const alice = { kind: "administrator", name: "alice" } as const;

/** Jobs that upload files and deploy them: some uploads are lost, some come when their address is good no longer. */
export function makeFileWishes({ commits, time, random, world, checker, chance, spawn }: Stage, within: number): void {
  for (let n = 0; n < WISHES; n++) {
    const commit = commits[Math.floor(random.fraction() * commits.length)] ?? "";
    const files = Buffer.from(`files of ${commit}, packed for the ${n}th time`);
    const digest = `sha256:${createHash("sha256").update(files).digest("hex")}`;
    const bundle = { app: place.app, digest };
    const wish = { ...place, tag: `sha-${commit.slice(0, 7)}`, commit, digest };
    const asksForMore = chance(0.15) ? { ...place, op: "rollback" } : wish;
    const upload = async (url: string) => {
      const taken = await world.bundles.take(url, async () => files);
      if (taken.kind === "stored") checker.uploaded(bundle);
    };
    const offered = async (body: object) => {
      if ("stored" in body && body.stored === true) checker.saidToBeStored(bundle);
      if (!("url" in body) || chance(0.15)) return;
      time.after(chance(0.1) ? 1000 : random.fraction() * 60, () => void upload(String(body.url)));
    };
    const at = random.fraction() * within;
    const ask = JSON.stringify({ ...place, digest, bytes: files.length });
    time.after(at, () => spawn(async (seen) => offered((await postBundle(seen, alice, ask)).body)));
    time.after(at + 90, () => spawn((seen) => requestDeploy(seen, alice, DeployBody.parse(wish))));
    time.after(at + 500, () => spawn((seen) => requestDeploy(seen, alice, DeployBody.parse(asksForMore))));
    if (chance(0.3)) time.after(at + 600, () => spawn((seen) => postBundle(seen, alice, ask)));
  }
}

/** Bundles that expire, or lie there with other bytes than they had. */
export function stirBundles({ time, random, world, checker, chance, isCalm }: Stage): void {
  const stir = () => {
    if (isCalm()) return;
    const stored: readonly Bundle[] = checker.stored();
    const one = stored[Math.floor(random.fraction() * stored.length)];
    if (one && chance(0.4)) {
      checker.damaged(one);
      if (chance(0.5)) world.bundles.forget(one);
      else world.bundles.spoil(one);
    }
    time.after(60 + random.fraction() * 600, stir);
  };
  time.after(random.fraction() * 300, stir);
}
