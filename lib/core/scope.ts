import type { RepoRef } from "./event.ts";

/**
 * Where the runners of a repository are enrolled: `home/acme/shop`.
 *
 * A runner takes only jobs of its own scope, so demand and machines are counted per scope. The forge's name (which holds no slash)
 * comes first, so scopes of two forges never meet.
 */
export function scopeOf(forge: string, repo: RepoRef): string {
  return `${forge}/${repo.name}`;
}

/** The repository's `owner/name` within a scope. */
export function repoNameOf(scope: string): string {
  return scope.slice(scope.indexOf("/") + 1);
}
