import type { Environment } from "../../core/deploy/deploy.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import type { Release } from "../../core/deploy/deploy-request.ts";
import { type Asker, type EnvironmentRule, type Refusal, refuse } from "../../core/deploy/policy.ts";
import { WorldError } from "../../core/errors.ts";
import type { RepoRef } from "../../core/event.ts";
import type { Source } from "../../core/forge.ts";

/** Where an environment's commits stand, to be compared. */
export interface CommitPlace {
  readonly source: Source;
  readonly repo: RepoRef;
  /** A tag alone says nothing of its age: this asker names the commit wherever there is one to compare it with. */
  readonly needsCommit: boolean;
}

/**
 * Is the wanted commit an ancestor of the one already desired? A build that ends late must not replace a newer one.
 * While the forge does not say, nothing is deployed.
 */
export async function olderThanDesired(
  place: CommitPlace | undefined,
  environment: Environment | undefined,
  { tag, commit }: Release,
): Promise<{ readonly kind: "older"; readonly text: string } | Refusal | undefined> {
  const newer = newestCommit(environment);
  if (!place || newer === undefined || commit === newer) return undefined;
  if (commit === undefined) {
    const isKnown = !place.needsCommit || tag === `sha-${newer.slice(0, 7)}`;
    return isKnown ? undefined : nameCommit(tag, newer);
  }
  try {
    if (!(await place.source.isAncestor(place.repo, commit, newer))) return undefined;
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const text = `the forge does not say whether ${commit} came before ${newer}: ${error.message}`;
    return { kind: "refused", status: 503, reason: { code: "forge-silent", text } };
  }
  const text = `${newer}, which contains this commit, is desired already (deploy ${environment?.desired?.deployId ?? "?"})`;
  return { kind: "older", text };
}

/** An approval is of a commit: of a tag alone nobody can say what was approved. */
export function refusalWithoutCommit(release: Release | undefined): Refusal | undefined {
  if (release?.commit !== undefined) return undefined;
  const text = `a person approves a commit, and ${release?.tag ?? "this wish"} names none`;
  return refuse(422, "no-commit", text);
}

function nameCommit(tag: string, newer: string): Refusal {
  const text = `${newer} is desired, and ${tag} alone does not say whether it came before: name its commit too`;
  return refuse(422, "no-commit", text);
}

/** What is desired; after a rollback to whatever came before, which names no commit, what was seen since. */
function newestCommit(environment: Environment | undefined): string | undefined {
  const { desired, observed = {} } = environment ?? {};
  if (!desired || desired.release?.commit !== undefined) return desired?.release?.commit;
  return Object.values(observed).find(({ fence, release }) => fence >= desired.fence && release?.commit !== undefined)
    ?.release?.commit;
}

/** A machine's job tells its repository; otherwise the rule names the forge, or there is one: on one computer, that of the repository's name. */
export function commitPlace(world: DeployWorld, asker: Asker, { from }: EnvironmentRule): CommitPlace | undefined {
  const repo = { id: from.repoId ?? "", name: from.repo };
  if (asker.kind === "machine") {
    const job = typeof asker.job === "object" ? asker.job : undefined;
    const forge = world.forge(asker.machine.forge);
    return forge && { source: forge.source, repo: job?.repo ?? repo, needsCommit: false };
  }
  const { forges } = world.config;
  const name = from.forge ?? (forges.find(({ name }) => name === from.repo) ?? forges[0])?.name;
  const forge = world.forge(name ?? "");
  return forge && { source: forge.source, repo, needsCommit: asker.kind === "token" };
}
