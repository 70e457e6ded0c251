import * as z from "zod/mini";
import { isZero, type RepoRef } from "../../core/event.ts";
import type { Change, Source } from "../../core/forge.ts";
import type { ChangedFiles } from "../../core/trigger/trigger-input.ts";
import { Sha } from "../../core/webhook/webhook-request.ts";
import { changedPaths } from "../tree-walk.ts";
import { type GiteaApi, repoParams } from "./api.ts";
import type { GiteaTrees } from "./trees.ts";

const PullRequest = z.object({ merge_base: Sha });

/**
 * The files of a push or a pull request as Gitea takes them for path filters: the two-dot difference of two trees.
 *
 * No API of Gitea hands that out (compare lists commits, which misses what a forced push dropped), so the trees are walked.
 * A new ref shows its head commit alone; a merge commit there shows nothing, as git prints nothing for one.
 */
export function giteaChangedFiles(
  api: GiteaApi,
  trees: GiteaTrees,
  commit: Source["commit"],
): (repo: RepoRef, change: Change) => Promise<ChangedFiles> {
  return async function changedFiles(repo, change) {
    const reader = trees.of(repo);
    if (change.kind === "pull_request") {
      const base = change.mergeBase ?? (await mergeBase(api, repo, change.number));
      return changedPaths(reader, base, change.head);
    }
    if (!isZero(change.before)) return changedPaths(reader, change.before, change.after);
    const head = await commit(repo, change.after);
    if (!head) return { kind: "undecidable", cause: "unavailable", text: "the forge has no such commit" };
    const [parent, second] = head.parents;
    if (second !== undefined) return { kind: "files", paths: [] };
    if (parent !== undefined) return changedPaths(reader, parent, change.after);
    const files = await reader.files(change.after);
    if (files === "too-many" || files === undefined) {
      return { kind: "undecidable", cause: "too-many", text: "the repository has more files than can be listed" };
    }
    return { kind: "files", paths: files.map(({ path }) => path) };
  };
}

async function mergeBase(api: GiteaApi, repo: RepoRef, index: string): Promise<string> {
  const path = "/repos/{owner}/{repo}/pulls/{index}";
  const answer = await api.read({
    method: "GET",
    path,
    params: { ...repoParams(repo.name), index },
    shape: PullRequest,
  });
  return answer.merge_base;
}
