import type { Dialect } from "../dialect.ts";

/** The ref of a `pull_request` run: Gitea runs the head, GitHub a merge of it that it makes. */
export function pullRef({ forge }: Dialect, number: string): string {
  return `refs/pull/${number}/${forge === "gitea" ? "head" : "merge"}`;
}

/**
 * The branch whose workflow files `pull_request_target` looks at, and whose ref its runs have; undefined: the default branch.
 *
 * @source GitHub's changelog of 2025-11-07: the default branch, whatever the base, from 2025-12-08 on; Enterprise Servers follow
 * @source Gitea 1.26.3, services/actions/notifier_helper.go: the base branch
 */
export function targetBranch({ forge }: Dialect, baseRef: string): string | undefined {
  return forge === "gitea" ? baseRef : undefined;
}
