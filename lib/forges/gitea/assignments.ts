import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import type { RepoRef } from "../../core/event.ts";
import type { AssignedJob, AssignedRunner, Assignments } from "../../core/forge.ts";
import { GiteaJob, giteaJobNotice } from "../../core/webhook/webhook-gitea.ts";
import { type GiteaApi, repoParams } from "./api.ts";

const LIMIT = 50;
const MAX_PAGES = 20;

const Jobs = z.object({ jobs: z.nullish(z.array(GiteaJob)) });

/** `path` is the workflow file and the full ref: `ci.yml@refs/heads/main`. */
const WorkflowRun = z.object({ event: z.string(), path: z.string(), head_sha: z.string() });

/** What a runner does now, by Gitea's job and run API (1.25 or newer; older servers are `silent`). */
export function giteaAssignments(api: GiteaApi): Assignments {
  return {
    async ofRunner(repo, runner) {
      if (!giteaFrom(await api.dialect(), 1, 25)) return "silent";
      const job = await jobOfRunner(api, repo, runner);
      if (!job) return "none";
      const run = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/runs/{run}",
        params: { ...repoParams(repo.name), run: job.runId },
        shape: WorkflowRun,
        tolerates: [404],
      });
      return run.kind === "ok" ? assigned(repo, job, run.value) : "none";
    },
  };
}

async function jobOfRunner(api: GiteaApi, repo: RepoRef, runner: AssignedRunner) {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { jobs } = await api.read({
      method: "GET",
      path: "/repos/{owner}/{repo}/actions/jobs",
      params: repoParams(repo.name),
      query: { status: "in_progress", page: `${page}`, limit: `${LIMIT}` },
      shape: Jobs,
    });
    const found = jobs?.find((job) => job.status === "in_progress" && isOn(job, runner));
    if (found || !jobs || jobs.length < LIMIT) return found && giteaJobNotice(found);
  }
  return undefined;
}

function isOn(job: GiteaJob, { name, id }: AssignedRunner): boolean {
  return job.runner_name === name && (id === undefined || job.runner_id === id);
}

function assigned(
  repo: RepoRef,
  job: ReturnType<typeof giteaJobNotice>,
  run: z.infer<typeof WorkflowRun>,
): AssignedJob {
  const ref = run.path.slice(run.path.indexOf("@") + 1);
  const pullRequest = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  const event = eventOf(run.event, pullRequest);
  return {
    repo,
    jobId: job.id,
    jobName: job.name,
    runnerName: job.runnerName ?? "",
    event,
    ref,
    headSha: run.head_sha,
    // The run does not say which repository a pull request's commit comes from: it counts as another's.
    fork: pullRequest !== undefined || event.startsWith("pull_request"),
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}

/**
 * A comment on a pull request runs the default branch's commit, as one on an issue does; 1.26 calls both as workflows do.
 *
 * @source seen on 1.25.4 and 1.26.3
 */
function eventOf(event: string, pullRequest: string | undefined): string {
  return event === "pull_request_comment" && pullRequest === undefined ? "issue_comment" : event;
}
