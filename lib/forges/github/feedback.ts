import * as z from "zod/mini";
import type { Feedback } from "../../core/forge.ts";
import { commitStatus } from "../commit-status.ts";
import { type GithubApi, repoParams } from "./api.ts";

export function githubFeedback(api: GithubApi): Feedback {
  return {
    async status(repo, sha, report) {
      await api.of(repo.name).read(commitStatus(repoParams(repo.name), sha, report));
    },

    async rerun(repo, _runId, jobId) {
      const answer = await api.of(repo.name).send({
        method: "POST",
        path: "/repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
        params: { ...repoParams(repo.name), job_id: jobId },
        shape: z.unknown(),
        tolerates: [404],
      });
      return answer.kind === "ok";
    },
  };
}
