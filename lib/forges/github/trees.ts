import * as z from "zod/mini";
import type { RepoRef } from "../../core/event.ts";
import { boundedCache } from "../bounded-cache.ts";
import type { TreeEntry, TreeReader } from "../tree-walk.ts";
import { type GithubApi, repoParams } from "./api.ts";

const Tree = z.object({
  tree: z.array(
    z.object({ path: z.string(), mode: z.string(), type: z.enum(["blob", "tree", "commit"]), sha: z.string() }),
  ),
  truncated: z.boolean(),
});

/** Entries of all trees that are kept, in one container. */
const KEPT_ENTRIES = 200_000;

/** Trees by their ids, which never change what they name; a tree that was read once is not read again. */
export interface GithubTrees {
  of(repo: RepoRef): TreeReader;
}

export function githubTrees(api: GithubApi): GithubTrees {
  const kept = boundedCache<readonly TreeEntry[]>(KEPT_ENTRIES, (entries) => entries.length + 1);

  async function read(repo: RepoRef, id: string, query: Readonly<Record<string, string>>) {
    const answer = await api.of(repo.name).send({
      method: "GET",
      path: "/repos/{owner}/{repo}/git/trees/{tree_sha}",
      params: { ...repoParams(repo.name), tree_sha: id },
      query,
      shape: Tree,
      tolerates: [404, 409, 422],
    });
    if (answer.kind === "refused") return undefined;
    return answer.value.truncated ? "too-many" : answer.value.tree;
  }

  return {
    of: (repo) => ({
      async entries(id) {
        const key = `${repo.id}:${id}`;
        const known = kept.get(key);
        if (known) return known;
        const found = await read(repo, id, {});
        if (found === undefined || found === "too-many") return undefined;
        kept.set(key, found);
        return found;
      },
      async files(id) {
        const found = await read(repo, id, { recursive: "1" });
        return found === undefined || found === "too-many" ? found : found.filter(({ type }) => type !== "tree");
      },
    }),
  };
}
