import { WorldError } from "../core/errors.ts";
import type { Envelope, Instant, JobNotice, RepoRef } from "../core/event.ts";
import type { Rounds } from "./rounds.ts";

interface Listing {
  /** The forge's name in our configuration. */
  readonly forge: string;
  readonly repo: RepoRef;
  /** Where the list tells it. GitHub gives a short name, and not whether it is a branch or a tag. */
  readonly ref: string | undefined;
  readonly at: Instant;
}

/** A job of a forge's list, as if its event had just come. Seen again in the same state it is the same delivery. */
export function listedJob({ forge, repo, ref, at }: Listing, job: JobNotice): Envelope {
  return {
    v: 1,
    forge,
    deliveryId: `list-${job.id}-${job.try}-${job.status}`,
    event: "workflow_job",
    action: job.status,
    repo,
    ...(ref ? { ref } : {}),
    after: job.headSha,
    job,
    sender: "",
    at,
  };
}

/**
 * What every repository has, as far as the pass's calls go: one broken repository does not hide the others' jobs.
 *
 * @throws WorldError where all of them fail: a broken forge is no empty list
 */
export async function jobsOfEach(
  turns: Rounds,
  repositories: readonly RepoRef[],
  calls: number,
  addJobs: (found: Envelope[], repo: RepoRef, spend: () => boolean) => Promise<void>,
): Promise<readonly Envelope[]> {
  const found: Envelope[] = [];
  const failures: unknown[] = [];
  let asked = 0;
  await turns.pass(repositories, calls, async (repo, spend) => {
    asked += 1;
    try {
      await addJobs(found, repo, spend);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      failures.push(error);
    }
  });
  if (failures.length > 0 && failures.length === asked) throw failures[0];
  return found;
}
