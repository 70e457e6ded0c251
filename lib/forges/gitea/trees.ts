import * as z from "zod/mini";
import type { RepoRef } from "../../core/event.ts";
import { type BoundedCache, boundedCache } from "../bounded-cache.ts";
import type { TreeEntry, TreeReader } from "../tree-walk.ts";
import { type GiteaApi, repoParams } from "./api.ts";

const Tree = z.object({
  // Null, not an empty list, for the empty tree.
  tree: z.nullish(
    z.array(
      z.object({ path: z.string(), mode: z.string(), type: z.enum(["blob", "tree", "commit"]), sha: z.string() }),
    ),
  ),
  truncated: z.boolean(),
});

const PAGE = "1000";
/** A listing longer than this is given up. */
const MAX_PAGES = 100;

/** Entries of all trees that are kept, in one container. */
const KEPT_ENTRIES = 200_000;

/** Trees by their ids, which never change what they name; a tree that was read once is not read again. */
export interface GiteaTrees {
  of(repo: RepoRef): TreeReader;
}

export function giteaTrees(api: GiteaApi): GiteaTrees {
  const kept: BoundedCache<readonly TreeEntry[]> = boundedCache(KEPT_ENTRIES, (entries) => entries.length + 1);
  return {
    of: (repo) => ({
      async entries(id) {
        const key = `${repo.id}:${id}`;
        const known = kept.get(key);
        if (known) return known;
        const read = await listTree(api, repo, id, {});
        if (read === undefined || read === "too-many") return undefined;
        kept.set(key, read);
        return read;
      },
      async files(id) {
        const key = `${repo.id}:${id}:files`;
        const known = kept.get(key);
        if (known) return known;
        const read = await listTree(api, repo, id, { recursive: "1" });
        if (read === undefined || read === "too-many") return read;
        const files = read.filter(({ type }) => type !== "tree");
        kept.set(key, files);
        return files;
      },
    }),
  };
}

/** Undefined where the repository has no such tree; a repository that we may not see is a failure. */
async function listTree(
  api: GiteaApi,
  repo: RepoRef,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<readonly TreeEntry[] | "too-many" | undefined> {
  const entries: TreeEntry[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await api.send({
      method: "GET",
      path: "/repos/{owner}/{repo}/git/trees/{sha}",
      params: { ...repoParams(repo.name), sha: id },
      query: { ...query, per_page: PAGE, page: `${page}` },
      shape: Tree,
      tolerates: [400],
    });
    if (answer.kind === "refused") return undefined;
    const found = answer.value.tree ?? [];
    entries.push(...found);
    if (!answer.value.truncated || found.length === 0) return entries;
  }
  return "too-many";
}
