import { minimatch } from "minimatch";
import type { z } from "zod";
import type { Origin } from "./config/config-words.ts";
import type { AssignedJob } from "./forge.ts";
import type { Reason } from "./reason.ts";

/**
 * Why a job is none of those that `from:` of dayfly.yaml names; undefined where it is one.
 *
 * A name, and a forge's number too, says something within that forge only. A short ref means branches alone: whoever may push a tag called `main` is often not whoever may push to main.
 * A pull request's job has no branch of its own, so its event decides.
 */
export function foreignTo(
  origin: Readonly<z.infer<typeof Origin>>,
  job: AssignedJob,
  forge: string,
): Reason | undefined {
  const { repo, repoId, events, refs } = origin;
  if (origin.forge !== undefined && origin.forge !== forge)
    return { code: "forge", text: `allowed from ${repo} of ${origin.forge}, not of ${forge}` };
  if (job.repo.name !== repo || (repoId !== undefined && job.repo.id !== repoId))
    return { code: "repository", text: `allowed from ${repo}, not from ${job.repo.name}` };
  if (!events.includes(job.event))
    return { code: "event", text: `allowed by ${events.join(", ")}, not by ${job.event}` };
  if (!isPullRequest(job) && !refs.some((glob) => coversRef(glob, job.ref)))
    return { code: "ref", text: `allowed from ${refs.join(", ")}, not from ${job.ref}` };
  return undefined;
}

export function isPullRequest({ event, ref, pullRequest }: AssignedJob): boolean {
  return pullRequest !== undefined || event.startsWith("pull_request") || ref.startsWith("refs/pull/");
}

function coversRef(glob: string, ref: string): boolean {
  const full = glob.startsWith("refs/") ? glob : `refs/heads/${glob}`;
  return minimatch(ref, full, { nonegate: true, nocomment: true, noext: true, dot: true });
}
