import type { Envelope, Instant } from "../core/event.ts";
import type { Run, RunFacts } from "../core/run/run.ts";
import { KEEP_MS } from "../core/run/run-change.ts";
import { scopeOf } from "../core/scope.ts";

type Given = Omit<RunFacts, "attempt" | "createdAt" | "effects" | "history" | "version" | "dueAt" | "nextAction">;

/** What a row has from the event that it stands for. */
export function factsOf({ forge, repo, event, ref = "", after: sha = "", sender }: Envelope) {
  return { forge, scope: scopeOf(forge, repo), repoId: repo.id, repo: repo.name, event, ref, sha, sender };
}

/** A row as it is first written: a machine is wanted, something comes first, it is not ours to serve, or was given up. */
export function newRun(facts: Given, status: "queued" | "waiting" | "skipped" | "failed", at: Instant): Run {
  const fresh = { ...facts, attempt: 0, createdAt: at, effects: [], version: 1 };
  const history = [{ at, from: status, to: status, reason: facts.reason.text }];
  switch (status) {
    case "queued":
      return { ...fresh, history, status, dueAt: at, nextAction: "ask for a machine" };
    case "waiting":
      return { ...fresh, history, status, dueAt: at + 5 * 60_000, nextAction: waitFor(facts) };
    case "skipped":
    case "failed":
      return { ...fresh, history, status, endedAt: at, expiresAt: at + KEEP_MS };
  }
}

function waitFor({ needs }: Given): string {
  const jobs = [...new Set(needs.map(({ job }) => job))];
  return jobs.length > 0 ? `wait for ${jobs.join(", ")}` : "ask the forge whether it may start";
}
