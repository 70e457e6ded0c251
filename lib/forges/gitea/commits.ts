import * as z from "zod/mini";
import type { RepoRef } from "../../core/event.ts";
import type { Source } from "../../core/forge.ts";
import { Sha } from "../../core/webhook/webhook-request.ts";
import { type GiteaApi, GiteaRepository, repoParams } from "./api.ts";
import type { GiteaTrees } from "./trees.ts";

const Commit = z.object({
  sha: Sha,
  commit: z.object({ message: z.string() }),
  parents: z.nullish(z.array(z.object({ sha: Sha }))),
});

const Comparison = z.object({ total_commits: z.int() });
const Branch = z.object({ commit: z.nullish(z.object({ id: Sha })) });

export function giteaCommits(
  api: GiteaApi,
  trees: GiteaTrees,
): Pick<Source, "commit" | "isAncestor" | "defaultBranch" | "branchTip"> {
  return {
    async commit(repo, sha) {
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/git/commits/{sha}",
        params: { ...repoParams(repo.name), sha },
        query: { stat: "false", verification: "false", files: "false" },
        shape: Commit,
        tolerates: [404],
      });
      if (answer.kind === "refused") {
        await mustSee(trees, repo, sha);
        return undefined;
      }
      const { sha: peeled, commit, parents } = answer.value;
      return { sha: peeled, message: commit.message, parents: (parents ?? []).map((parent) => parent.sha) };
    },

    /** Nothing in the ancestor that the descendant lacks. */
    async isAncestor(repo, ancestor, descendant) {
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/compare/{basehead}",
        params: { ...repoParams(repo.name), basehead: `${descendant}...${ancestor}` },
        shape: Comparison,
        tolerates: [404],
      });
      return answer.kind === "ok" && answer.value.total_commits === 0;
    },

    async defaultBranch(repo) {
      const path = "/repos/{owner}/{repo}";
      const answer = await api.read({ method: "GET", path, params: repoParams(repo.name), shape: GiteaRepository });
      return answer.default_branch ?? "";
    },

    async branchTip(repo, branch) {
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}/branches/{branch}",
        params: { ...repoParams(repo.name), branch },
        shape: Branch,
        tolerates: [404],
      });
      return answer.kind === "ok" ? answer.value.commit?.id : undefined;
    },
  };
}

/** A commit that is gone and a repository that we may not see both answer 404; the trees' API tells them apart. */
async function mustSee(trees: GiteaTrees, repo: RepoRef, sha: string): Promise<void> {
  await trees.of(repo).entries(sha);
}
