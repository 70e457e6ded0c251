import type { DeployWorld } from "../core/deploy-ports.ts";
import type { Release } from "../core/deploy-request.ts";
import { WorldError } from "../core/errors.ts";
import type { RepoRef } from "../core/event.ts";
import type { Asker, EnvironmentRule, Refusal } from "../core/policy.ts";
import type { Source } from "../core/ports.ts";

/**
 * Is the wanted commit an ancestor of the one already desired? A build that ends late must not replace a newer one.
 * While the forge does not say, nothing is deployed.
 */
export async function olderThanDesired(
  world: DeployWorld,
  asker: Asker,
  rule: EnvironmentRule,
  env: string,
  { commit }: Release,
): Promise<{ readonly kind: "older"; readonly text: string } | Refusal | undefined> {
  const desired = (await world.environments.get(rule.app, env))?.desired;
  const newer = desired?.release?.commit;
  if (commit === undefined || newer === undefined || commit === newer) return undefined;
  const place = placeOf(world, asker, rule);
  if (!place) return undefined;
  try {
    if (!(await place.source.isAncestor(place.repo, commit, newer))) return undefined;
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const text = `the forge does not say whether ${commit} came before ${newer}: ${error.message}`;
    return { kind: "refused", status: 503, reason: { code: "forge-silent", text } };
  }
  return { kind: "older", text: `${newer}, which contains this commit, was asked for before (${desired?.deployId})` };
}

/** A machine's job tells its repository; otherwise the first forge that serves the rule's repository has it. */
function placeOf(
  world: DeployWorld,
  asker: Asker,
  { from }: EnvironmentRule,
): { readonly source: Source; readonly repo: RepoRef } | undefined {
  const job = asker.kind === "machine" && typeof asker.job === "object" ? asker.job : undefined;
  const name =
    asker.kind === "machine" ? asker.machine.forge : world.config.forges.find(({ name }) => world.forge(name))?.name;
  const forge = name === undefined ? undefined : world.forge(name);
  return forge && { source: forge.source, repo: job?.repo ?? { id: from.repoId ?? "", name: from.repo } };
}
