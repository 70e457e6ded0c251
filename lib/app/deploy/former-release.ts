import type { Deploy } from "../../core/deploy/deploy.ts";
import type { DeployBody } from "../../core/deploy/deploy-calls.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import type { Release } from "../../core/deploy/deploy-request.ts";
import { type Asker, type Refusal, refuse } from "../../core/deploy/policy.ts";

/** Ended deploys of one environment that are looked through, newest first. */
const LOOK_BACK = 100;

/**
 * What a rollback that names a release goes to: the release as it was live there, by digest and commit, whatever its tag means today.
 *
 * A rollback needs no approval and may be of any commit, so it leads only to what was live in that environment before.
 * An administrator, who might approve anything, may name another one.
 */
export async function formerRelease(
  { deploys }: Pick<DeployWorld, "deploys">,
  asker: Asker,
  { app, env }: Pick<DeployBody, "app" | "env">,
  wanted: Release,
): Promise<Release | Refusal> {
  for (const deploy of await deploys.list({ app, env, limit: LOOK_BACK })) {
    const ran = deploy.status === "deployed" ? releaseThatRan(deploy) : undefined;
    if (ran && isNamedBy(wanted, ran)) return ran;
  }
  if (asker.kind === "administrator") return wanted;
  const text = `nothing that is called ${wanted.tag} was live in ${app}/${env} before: a rollback leads nowhere else`;
  return refuse(422, "never-live", text);
}

function releaseThatRan({ release, steps }: Deploy): Release | undefined {
  for (const step of steps) {
    if (step.state !== "done" || step.outcome.kind !== "reported") continue;
    const { running } = step.outcome.report;
    if (running) return running;
  }
  return release;
}

function isNamedBy({ tag, commit, digest }: Release, ran: Release): boolean {
  if (commit !== undefined && commit !== ran.commit) return false;
  if (digest !== undefined && digest !== ran.digest) return false;
  return tag === ran.tag || (tag.startsWith("sha-") && ran.commit?.startsWith(tag.slice(4)) === true);
}
