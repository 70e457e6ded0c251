import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { Enrolment, RegisteredRunner } from "../../core/forge.ts";
import { repoNameOf } from "../../core/scope.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GiteaApi, type GiteaOptions, repoParams } from "./api.ts";

const Token = z.object({ token: z.string().check(z.minLength(1)) });

const Registered = z.object({
  runner: z.object({ id: Id, uuid: z.string(), token: z.string().check(z.minLength(1)), name: z.string() }),
});

const Runners = z.object({
  runners: z.nullish(z.array(z.object({ id: Id, name: z.string(), status: z.string(), busy: z.boolean() }))),
});

const LIMIT = 50;
const MAX_PAGES = 20;

/**
 * Runners of one repository.
 *
 * The registration token of a repository never expires and makes any number of runners, so it stays here: we register the one
 * runner ourselves, as its own `register` command would, and hand over what that command would have written.
 */
export function giteaEnrolment(api: GiteaApi, options: GiteaOptions): Enrolment {
  const runnerLabel = options.runnerLabel ?? ((label: string) => `${label}:host`);

  return {
    async enrol({ repo, name, labels }) {
      const token = await registrationToken(api, repo.name);
      const body = { name, token, version: "dayfly", labels, ephemeral: true };
      const answer = await api.rpc("runner.v1.RunnerService/Register", body, Registered);
      if (answer.kind === "refused") throw new WorldError("the forge registers no runner", { retryable: true });
      const { id, uuid, token: secret } = answer.value.runner;
      const file = {
        // For people only: a runner shows its uuid and token, so an id above 2^53 may be inexact here.
        id: Number(id),
        uuid,
        name,
        token: secret,
        address: options.url,
        labels: labels.map(runnerLabel),
        ephemeral: true,
      };
      return { kind: "gitea", runnerId: id, runnerFile: JSON.stringify(file) };
    },

    async runners(scope) {
      if (!giteaFrom(await api.dialect(), 1, 24)) return [];
      return listRunners(api, repoNameOf(scope));
    },

    async remove(scope, runnerId) {
      if (!giteaFrom(await api.dialect(), 1, 24)) return;
      await api.send({
        method: "DELETE",
        path: "/repos/{owner}/{repo}/actions/runners/{runner_id}",
        params: { ...repoParams(repoNameOf(scope)), runner_id: runnerId },
        shape: z.unknown(),
        tolerates: [404],
      });
    },
  };
}

/** POST since 1.24; older servers know GET only, which newer ones have dropped. */
async function registrationToken(api: GiteaApi, name: string): Promise<string> {
  const method = giteaFrom(await api.dialect(), 1, 24) ? "POST" : "GET";
  const { token } = await api.read({
    method,
    path: "/repos/{owner}/{repo}/actions/runners/registration-token",
    params: repoParams(name),
    repeatable: true,
    shape: Token,
  });
  return token;
}

async function listRunners(api: GiteaApi, name: string): Promise<readonly RegisteredRunner[]> {
  const found = new Map<string, RegisteredRunner>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await api.send({
      method: "GET",
      path: "/repos/{owner}/{repo}/actions/runners",
      params: repoParams(name),
      query: { page: `${page}`, limit: `${LIMIT}` },
      shape: Runners,
      // A repository that is gone has no runners: nobody should hear of that in every pass.
      tolerates: [404],
    });
    if (answer.kind === "refused") return [];
    const { runners } = answer.value;
    const before = found.size;
    for (const { id, name, status, busy } of runners ?? []) {
      found.set(id, { id, name, online: status === "online", busy });
    }
    if (found.size === before || (runners ?? []).length < LIMIT) break;
  }
  return [...found.values()];
}
