import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { Feedback } from "../../core/forge.ts";
import { commitStatus } from "../commit-status.ts";
import { type GiteaApi, repoParams } from "./api.ts";

export function giteaFeedback(api: GiteaApi): Feedback {
  return {
    async status(repo, sha, report) {
      await api.read(commitStatus(repoParams(repo.name), sha, report));
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
