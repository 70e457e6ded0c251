import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { Feedback } from "../../core/forge.ts";
import { type GiteaApi, repoParams } from "./api.ts";

/** What GitHub shows of a description; Gitea shows little more. */
const DESCRIPTION_LENGTH = 140;

export function giteaFeedback(api: GiteaApi): Feedback {
  return {
    async status(repo, sha, { context, state, text, url }) {
      await api.read({
        method: "POST",
        path: "/repos/{owner}/{repo}/statuses/{sha}",
        params: { ...repoParams(repo.name), sha },
        body: { context, state, description: text.slice(0, DESCRIPTION_LENGTH), ...(url ? { target_url: url } : {}) },
        // The last status of a context counts, so a second one says the same.
        repeatable: true,
        shape: z.unknown(),
      });
    },

    /** The whole run must have ended: a sibling that still runs makes this a failure worth repeating. */
    async rerun(repo, runId, jobId) {
      if (!giteaFrom(await api.dialect(), 1, 26)) return false;
      const answer = await api.send({
        method: "POST",
        path: "/repos/{owner}/{repo}/actions/runs/{run}/jobs/{job_id}/rerun",
        params: { ...repoParams(repo.name), run: runId, job_id: jobId },
        shape: z.unknown(),
        tolerates: [400, 404],
      });
      if (answer.kind === "ok") return true;
      if (answer.status === 404) return false;
      throw new WorldError(`${repo.name}: the forge reruns a job only when its whole run has ended`, {
        retryable: true,
      });
    },
  };
}
