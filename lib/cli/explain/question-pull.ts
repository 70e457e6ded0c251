import type { Dialect } from "../../core/dialect.ts";
import { pullRef, targetBranch } from "../../core/trigger/pull-request.ts";
import type { TriggerEvent } from "../../core/trigger/trigger-input.ts";
import type { Checkout } from "../world/world-checkout.ts";
import { namedRef, needCommit, type Range } from "./question-range.ts";

/** A pull request that somebody means: from the range's newest commit into a branch. */
export interface Pull {
  /** Short name of the branch that it wants to go into. */
  readonly baseRef: string;
  readonly baseSha: string;
  readonly mergeBase: string | undefined;
}

export async function readPull(checkout: Checkout, { after }: Range, base: string | undefined): Promise<Pull> {
  const name = base ?? (await checkout.defaultBranch()) ?? "main";
  const { ref, tip } = await namedRef(checkout, name, "--base");
  const { sha: baseSha } = await needCommit(checkout, tip ?? name, "--base");
  return { baseRef: ref.replace("refs/heads/", ""), baseSha, mergeBase: await checkout.mergeBase(baseSha, after) };
}

/** What the forge runs for an event of a pull request, and where it reads the workflow files. */
export interface PullRun {
  readonly event: Pick<TriggerEvent, "ref" | "after" | "baseRef" | "headSha" | "conflict">;
  /** A commit, or on GitHub the tree of the merge that it tries. */
  readonly filesAt: string;
}

export async function readPullRun(
  checkout: Checkout,
  dialect: Dialect,
  name: string,
  { after: head }: Range,
  { baseRef, baseSha }: Pull,
): Promise<PullRun> {
  const shared = { baseRef, headSha: head };
  if (name === "pull_request_target") {
    const branch = targetBranch(dialect, baseRef) ?? (await checkout.defaultBranch()) ?? baseRef;
    const sha =
      branch === baseRef ? baseSha : (await needCommit(checkout, await tipOf(checkout, branch), "--base")).sha;
    const after = dialect.forge === "github" ? sha : head;
    return { event: { ...shared, ref: `refs/heads/${branch}`, after }, filesAt: sha };
  }
  const event = { ...shared, ref: pullRef(dialect, "0"), after: head };
  if (dialect.forge === "gitea") return { event, filesAt: head };
  const merged = await checkout.mergeTree(baseSha, head);
  if (merged === "conflict") return { event: { ...event, conflict: true }, filesAt: head };
  return { event, filesAt: merged ?? head };
}

async function tipOf(checkout: Checkout, branch: string): Promise<string> {
  return (await namedRef(checkout, branch)).tip ?? branch;
}
