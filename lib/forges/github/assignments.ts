import * as z from "zod/mini";
import type { RepoRef } from "../../core/event.ts";
import type { AssignedJob, AssignedRunner, Assignments, Source } from "../../core/forge.ts";
import { Id, Sha } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, repoParams } from "./api.ts";

const Job = z.object({
  id: Id,
  run_id: Id,
  name: z.string(),
  status: z.string(),
  runner_id: z.nullish(Id),
  runner_name: z.nullish(z.string()),
});
type Job = z.infer<typeof Job>;
const Jobs = z.object({ jobs: z.array(Job) });
const Runs = z.object({ workflow_runs: z.array(z.object({ id: Id })) });
const WorkflowRun = z.object({
  event: z.string(),
  head_branch: z.nullish(z.string()),
  head_sha: Sha,
  repository: z.object({ id: Id }),
  head_repository: z.nullish(z.object({ id: Id })),
  pull_requests: z.nullish(z.array(z.object({ number: z.int() }))),
});
type WorkflowRun = z.infer<typeof WorkflowRun>;
const Branch = z.object({ commit: z.object({ sha: Sha }) });

/** Begun runs that are looked through where no job event has told us of the job yet. */
const RUNS_LOOKED_AT = 20;

/**
 * What a runner does now, by GitHub's job and run API.
 *
 * A run tells only the short name of its branch or tag. It counts as the branch's where the commit is on that branch, else as the tag's:
 * a tag called `main` on another commit is no way to deploy from main.
 */
export function githubAssignments(api: GithubApi, isAncestor: Source["isAncestor"]): Assignments {
  async function read<T>(
    repo: RepoRef,
    path: string,
    params: Readonly<Record<string, string>>,
    shape: z.ZodMiniType<T>,
  ) {
    const answer = await api.of(repo.name).send({
      method: "GET",
      path: `/repos/{owner}/{repo}${path}`,
      params: { ...repoParams(repo.name), ...params },
      shape,
      tolerates: [404],
    });
    return answer.kind === "ok" ? answer.value : undefined;
  }

  async function jobOf(repo: RepoRef, runner: AssignedRunner): Promise<Job | undefined> {
    if (runner.jobId === undefined) return searchJob(repo, runner);
    const job = await read(repo, "/actions/jobs/{job_id}", { job_id: runner.jobId }, Job);
    return job && isOn(job, runner) ? job : undefined;
  }

  async function searchJob(repo: RepoRef, runner: AssignedRunner): Promise<Job | undefined> {
    const { workflow_runs: runs } = await api.of(repo.name).read({
      method: "GET",
      path: "/repos/{owner}/{repo}/actions/runs",
      params: repoParams(repo.name),
      query: { status: "in_progress", per_page: `${RUNS_LOOKED_AT}` },
      shape: Runs,
    });
    for (const { id } of runs) {
      const found = await read(repo, "/actions/runs/{run_id}/jobs", { run_id: id }, Jobs);
      const job = found?.jobs.find((one) => isOn(one, runner));
      if (job) return job;
    }
    return undefined;
  }

  async function refOf(repo: RepoRef, { head_branch: name, head_sha: sha }: WorkflowRun): Promise<string> {
    if (!name) return "";
    const branch = await read(repo, "/branches/{branch}", { branch: name }, Branch);
    const onBranch = branch && (branch.commit.sha === sha || (await isAncestor(repo, sha, branch.commit.sha)));
    return onBranch ? `refs/heads/${name}` : `refs/tags/${name}`;
  }

  return {
    async ofRunner(repo, runner) {
      const job = await jobOf(repo, runner);
      if (!job) return "none";
      const run = await read(repo, "/actions/runs/{run_id}", { run_id: job.run_id }, WorkflowRun);
      return run ? assigned(repo, job, run, await refOf(repo, run)) : "none";
    },
  };
}

function isOn({ status, runner_id, runner_name }: Job, { name, id }: AssignedRunner): boolean {
  return status === "in_progress" && runner_name === name && (id === undefined || runner_id === id);
}

function assigned(repo: RepoRef, job: Job, run: WorkflowRun, ref: string): AssignedJob {
  const pullRequest = run.event.startsWith("pull_request") ? run.pull_requests?.[0]?.number : undefined;
  return {
    repo: { id: run.repository.id, name: repo.name },
    jobId: job.id,
    jobName: job.name,
    runnerName: job.runner_name ?? "",
    event: run.event,
    ref,
    headSha: run.head_sha,
    // A fork that is gone by now is still a fork.
    fork: run.head_repository?.id !== run.repository.id,
    ...(pullRequest === undefined ? {} : { pullRequest: `${pullRequest}` }),
  };
}
