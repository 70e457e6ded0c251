import * as z from "zod/mini";
import type { Envelope, Instant, RepoRef } from "../../core/event.ts";
import type { Demand } from "../../core/forge.ts";
import { GithubJob, githubJobNotice } from "../../core/webhook/webhook-github.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { jobsOfEach, listedJob } from "../listed-jobs.ts";
import { rounds } from "../rounds.ts";
import { type GithubApi, repoParams } from "./api.ts";
import type { GithubOptions } from "./options.ts";
import { redeliverFailed } from "./redeliver.ts";

const Runs = z.object({ workflow_runs: z.array(z.object({ id: Id })) });
const Jobs = z.object({ jobs: z.array(GithubJob) });

const PAGE = 100;
const MAX_PAGES = 10;
/** An hour has twelve passes and GitHub grants 5,000 requests; what is left over is looked at in the next pass. */
const CALLS_PER_PASS = 150;
/** Runs that may hold a job which waits for a runner: the others of a begun run wait as well. */
const OPEN = ["queued", "in_progress"];

/**
 * Jobs that wait at GitHub, whether we heard of them or not; and webhooks that did not reach us are asked for again.
 *
 * There is no list of jobs over all repositories, so each is asked for its open runs, and those for their jobs.
 */
export function githubDemand(
  api: GithubApi,
  repositories: () => Promise<readonly RepoRef[]>,
  options: GithubOptions,
): Demand {
  const turns = rounds();

  async function missed(since: Instant): Promise<readonly Envelope[]> {
    if (api.app) await redeliverFailed(api.app, since);
    return jobsOfEach(turns, await repositories(), CALLS_PER_PASS, async (found, repo, spend) => {
      for (const run of await openRuns(api, repo, spend)) found.push(...(await queuedJobs(repo, run, spend)));
    });
  }

  async function queuedJobs(repo: RepoRef, run: string, spend: () => boolean): Promise<readonly Envelope[]> {
    const found: Envelope[] = [];
    for (let page = 1; page <= MAX_PAGES && spend(); page += 1) {
      const { jobs } = await api.of(repo.name).read({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
        params: { ...repoParams(repo.name), run_id: run },
        query: { filter: "latest", per_page: `${PAGE}`, page: `${page}` },
        shape: Jobs,
      });
      found.push(...jobs.filter(({ status }) => status === "queued").map((job) => envelope(repo, job)));
      if (jobs.length < PAGE) break;
    }
    return found;
  }

  function envelope(repo: RepoRef, job: GithubJob): Envelope {
    const ref = job.head_branch ?? undefined;
    return listedJob({ forge: options.name, repo, ref, at: options.world.now() }, githubJobNotice(job));
  }

  return {
    missed,
    async job(repo, jobId) {
      const answer = await api.of(repo.name).send({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/jobs/{job_id}",
        params: { ...repoParams(repo.name), job_id: jobId },
        shape: GithubJob,
        tolerates: [404],
      });
      return answer.kind === "ok" ? githubJobNotice(answer.value) : "gone";
    },
  };
}

async function openRuns(api: GithubApi, repo: RepoRef, spend: () => boolean): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const status of OPEN) {
    for (let page = 1; page <= MAX_PAGES && spend(); page += 1) {
      const { workflow_runs } = await api.of(repo.name).read({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/runs",
        params: repoParams(repo.name),
        query: { status, per_page: `${PAGE}`, page: `${page}` },
        shape: Runs,
      });
      for (const { id } of workflow_runs) found.add(id);
      if (workflow_runs.length < PAGE) break;
    }
  }
  return found;
}
