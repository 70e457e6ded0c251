import * as z from "zod/mini";
import type { Feedback } from "../../core/forge.ts";
import { type GithubApi, repoParams } from "./api.ts";

/** GitHub refuses a longer one. */
const DESCRIPTION_LENGTH = 140;

export function githubFeedback(api: GithubApi): Feedback {
  return {
    async status(repo, sha, { context, state, text, url }) {
      await api.of(repo.name).read({
        method: "POST",
        path: "/repos/{owner}/{repo}/statuses/{sha}",
        params: { ...repoParams(repo.name), sha },
        body: { context, state, description: text.slice(0, DESCRIPTION_LENGTH), ...(url ? { target_url: url } : {}) },
        // The last status of a context counts, so a second one says the same.
        repeatable: true,
        shape: z.unknown(),
      });
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
