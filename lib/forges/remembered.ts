import type { RepoRef } from "../core/event.ts";
import { type BoundedCache, boundedCache } from "./bounded-cache.ts";

/** Commits whose answers are kept, in one container. */
const KEPT = 2_000;

/** For lists of files: what they hold is kept elsewhere, by blob. */
export const listings = { limit: 50_000, weightOf: (files: readonly unknown[]): number => files.length + 1 };

/**
 * Asks once for what is said of a commit: its content never changes, and one commit is often asked for twice, by a push and its pull
 * request, by a branch and a tag, by a delivery that comes again. That there is no such commit is asked again: it may come.
 *
 * @param weightOf what an answer counts towards the limit, where it is not 1
 */
export function remembered<T>(
  ask: (repo: RepoRef, sha: string) => Promise<T>,
  { limit = KEPT, weightOf = () => 1 }: { limit?: number; weightOf?: (answer: T) => number } = {},
): (repo: RepoRef, sha: string) => Promise<T> {
  const kept: BoundedCache<T> = boundedCache(limit, weightOf);
  return async (repo, sha) => {
    const key = `${repo.id}:${sha}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const answer = await ask(repo, sha);
    if (answer !== undefined) kept.set(key, answer);
    return answer;
  };
}
