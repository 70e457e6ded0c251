import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import type { Switches } from "../../core/forge.ts";
import { type GiteaApi, repoParams } from "./api.ts";

const Workflows = z.object({ workflows: z.nullish(z.array(z.object({ id: z.string(), state: z.string() }))) });

/**
 * Workflows that are switched off, from 1.24 on.
 *
 * Gitea keeps their file names, for all branches at once; its API lists those that the default branch has.
 */
export function giteaSwitches(api: GiteaApi): Switches {
  return {
    async disabled(repo) {
      if (!giteaFrom(await api.dialect(), 1, 24)) return "silent";
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/workflows",
        params: repoParams(repo.name),
        shape: Workflows,
        // Actions are off for the repository, or the token may not read them.
        tolerates: [403, 404],
      });
      if (answer.kind === "refused") return "silent";
      return (answer.value.workflows ?? []).filter(({ state }) => state !== "active").map(({ id }) => id);
    },
  };
}
