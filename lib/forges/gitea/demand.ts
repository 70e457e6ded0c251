import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import type { Envelope, RepoRef } from "../../core/event.ts";
import type { Demand } from "../../core/forge.ts";
import { GiteaJob, giteaJobNotice } from "../../core/webhook/webhook-gitea.ts";
import { jobsOfEach, listedJob } from "../listed-jobs.ts";
import { rounds } from "../rounds.ts";
import { type GiteaApi, type GiteaOptions, repoParams } from "./api.ts";
import type { GiteaRepositories } from "./repositories.ts";

const Jobs = z.object({ jobs: z.nullish(z.array(z.extend(GiteaJob, { url: z.string() }))) });
type ListedJob = z.infer<typeof GiteaJob> & { readonly url: string };

const LIMIT = 50;
const MAX_PAGES = 20;
/** Repositories are asked one by one only where the token is no administrator's; what is left comes in the next pass. */
const CALLS_PER_PASS = 200;

/**
 * Jobs that wait at the forge or run there, whether we heard of them or not.
 *
 * A token of an administrator lists them all in one call; any other token asks each repository that it administrates. So do we where
 * that one call fails: a job whose repository was deleted while Gitea made it breaks the whole list, for good (seen on 1.26.3).
 * Before 1.25 Gitea has no such list: nothing is found then, and `lacks` says so.
 */
export function giteaDemand(api: GiteaApi, repositories: GiteaRepositories, options: GiteaOptions): Demand {
  const allows = options.allows ?? (() => true);
  const turns = rounds();

  async function missed(): Promise<readonly Envelope[]> {
    if (!giteaFrom(await api.dialect(), 1, 25)) return [];
    const everywhere = await openJobs(api, "/admin/actions/jobs", {}, { tolerates: [403, 404, 500] });
    return everywhere === "refused" ? askEach() : envelopes(everywhere);
  }

  async function askEach(): Promise<readonly Envelope[]> {
    return jobsOfEach(turns, await repositories.administrated(), CALLS_PER_PASS, async (found, repo, spend) => {
      const jobs = await openJobs(api, "/repos/{owner}/{repo}/actions/jobs", repoParams(repo.name), { spend });
      if (jobs !== "refused") found.push(...jobs.map((job) => envelope(repo, job)));
    });
  }

  async function envelopes(jobs: readonly ListedJob[]): Promise<readonly Envelope[]> {
    const found: Envelope[] = [];
    for (const job of jobs) {
      const name = repositoryOf(job.url);
      if (name === undefined || !allows(name)) continue;
      const repo = await repositories.byName(name);
      if (repo) found.push(envelope(repo, job));
    }
    return found;
  }

  function envelope(repo: RepoRef, job: GiteaJob): Envelope {
    const ref = job.head_branch ? `refs/heads/${job.head_branch}` : undefined;
    return listedJob({ forge: options.name, repo, ref, at: options.world.now() }, giteaJobNotice(job));
  }

  return {
    missed,
    listsBegun: true,
    async job(repo, jobId) {
      if (!giteaFrom(await api.dialect(), 1, 25)) return "silent";
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/jobs/{job_id}",
        params: { ...repoParams(repo.name), job_id: jobId },
        shape: GiteaJob,
        tolerates: [404],
      });
      return answer.kind === "ok" ? giteaJobNotice(answer.value) : "gone";
    },
  };
}

async function openJobs(
  api: GiteaApi,
  path: string,
  params: Readonly<Record<string, string>>,
  { spend = () => true, tolerates = [403, 404] }: { spend?: () => boolean; tolerates?: readonly number[] },
): Promise<readonly ListedJob[] | "refused"> {
  const found = new Map<string, ListedJob>();
  for (let page = 1; page <= MAX_PAGES && spend(); page += 1) {
    const answer = await api.send({
      method: "GET",
      path,
      params,
      query: { status: ["queued", "in_progress"], page: `${page}`, limit: `${LIMIT}` },
      shape: Jobs,
      tolerates,
    });
    if (answer.kind === "refused") return "refused";
    const jobs = answer.value.jobs ?? [];
    const before = found.size;
    for (const job of jobs) found.set(job.id, job);
    if (found.size === before || jobs.length < LIMIT) break;
  }
  return [...found.values()];
}

/** The list of all jobs names the repository only within the job's own address: that is read as a name, and never called. */
function repositoryOf(url: string): string | undefined {
  const found = /\/api\/v1\/repos\/([\w.-]+)\/([\w.-]+)\/actions\/jobs\/\d+$/.exec(url);
  return found ? `${found[1]}/${found[2]}` : undefined;
}
