import * as z from "zod/mini";
import type { Switches } from "../../core/forge.ts";
import { type GithubApi, repoParams } from "./api.ts";

const Workflows = z.object({
  total_count: z.int(),
  workflows: z.array(z.object({ path: z.string(), state: z.string() })),
});

const PAGE = 100;
/** Bounds the calls of one event; nobody keeps more workflow files in one folder. */
const MAX_PAGES = 5;

/** States in which a workflow starts nothing; `deleted` is one whose file another branch may still have. */
const OFF = ["disabled_manually", "disabled_inactivity", "disabled_fork"];

/** Workflows that are switched off: by a person, or by GitHub in a fork or after sixty idle days. */
export function githubSwitches(api: GithubApi): Switches {
  return {
    async disabled(repo) {
      const paths: string[] = [];
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const answer = await api.of(repo.name).send({
          method: "GET",
          path: "/repos/{owner}/{repo}/actions/workflows",
          params: repoParams(repo.name),
          query: { per_page: `${PAGE}`, page: `${page}` },
          shape: Workflows,
          // The token may not read Actions.
          tolerates: [403, 404],
        });
        if (answer.kind === "refused") return "silent";
        const { workflows, total_count } = answer.value;
        paths.push(...workflows.filter(({ state }) => OFF.includes(state)).map(({ path }) => path));
        if (page * PAGE >= total_count) break;
      }
      return paths;
    },
  };
}
