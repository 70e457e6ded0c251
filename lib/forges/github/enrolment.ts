import * as z from "zod/mini";
import { WorldError } from "../../core/errors.ts";
import type { Enrolment, RegisteredRunner } from "../../core/forge.ts";
import { repoNameOf } from "../../core/scope.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, repoParams } from "./api.ts";

const Configured = z.object({ runner: z.object({ id: Id }), encoded_jit_config: z.string().check(z.minLength(1)) });
const Runners = z.object({
  runners: z.array(z.object({ id: Id, name: z.string(), status: z.string(), busy: z.boolean() })),
});

/** The runner group that every repository and organisation has. */
const DEFAULT_GROUP = 1;
const PAGE = 100;
const MAX_PAGES = 20;

/** Runners of one repository, each for one job, by configurations that work once. */
export function githubEnrolment(api: GithubApi): Enrolment {
  return {
    async enrol({ repo, name, labels }) {
      const answer = await api.of(repo.name).send({
        method: "POST",
        path: "/repos/{owner}/{repo}/actions/runners/generate-jitconfig",
        params: repoParams(repo.name),
        body: { name, runner_group_id: DEFAULT_GROUP, labels, work_folder: "_work" },
        shape: Configured,
        tolerates: [409],
      });
      if (answer.kind === "refused")
        throw new WorldError(`${repo.name} has a runner ${name} already`, { retryable: true });
      const { runner, encoded_jit_config } = answer.value;
      return { kind: "github", runnerId: runner.id, jitConfig: encoded_jit_config };
    },

    async runners(scope) {
      const name = repoNameOf(scope);
      const found = new Map<string, RegisteredRunner>();
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const answer = await api.of(name).send({
          method: "GET",
          path: "/repos/{owner}/{repo}/actions/runners",
          params: repoParams(name),
          query: { per_page: `${PAGE}`, page: `${page}` },
          shape: Runners,
          // A repository that is gone has no runners: nobody should hear of that in every pass.
          tolerates: [404],
        });
        if (answer.kind === "refused") return [];
        const { runners } = answer.value;
        for (const { id, name, status, busy } of runners)
          found.set(id, { id, name, online: status === "online", busy });
        if (runners.length < PAGE) break;
      }
      return [...found.values()];
    },

    async remove(scope, runnerId) {
      const name = repoNameOf(scope);
      const answer = await api.of(name).send({
        method: "DELETE",
        path: "/repos/{owner}/{repo}/actions/runners/{runner_id}",
        params: { ...repoParams(name), runner_id: runnerId },
        shape: z.unknown(),
        tolerates: [404, 422],
      });
      if (answer.kind === "refused" && answer.status === 422) {
        throw new WorldError(`${name}: GitHub removes no runner that is at work`, { retryable: true });
      }
    },
  };
}
