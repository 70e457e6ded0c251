import type { z } from "zod";
import type { GrantEntry } from "../config/config-deploys.ts";
import type { Instant } from "../event.ts";
import { foreignTo, isPullRequest } from "../origin.ts";
import { type Asker, jobOfMachine, type Refusal, refuse } from "./policy.ts";

/** AWS rights that a job may ask for, as dayfly.yaml says. */
export type GrantRule = Readonly<z.infer<typeof GrantEntry>>;

export type GrantPermission =
  | { readonly kind: "granted"; readonly rule: GrantRule; readonly seconds: number }
  | Refusal;

/** STS makes no shorter session. */
const SHORTEST_SECONDS = 900;

/**
 * May whoever asks have this grant now? Only a machine may, for the job that the forge says its runner has: never by its label,
 * its role or its word.
 *
 * A session may outlive its machine by minutes, because STS makes none of less than fifteen.
 */
export function permitGrant(asker: Asker, name: string, grants: readonly GrantRule[], at: Instant): GrantPermission {
  if (asker.kind !== "machine")
    return refuse(401, "no-machine", "only the token of a machine of ours is answered here");
  const job = jobOfMachine(asker, at);
  if ("kind" in job) return job;
  const rule = grants.find((grant) => grant.name === name);
  if (!rule) return refuse(422, "unknown-grant", `dayfly.yaml has no grant ${name}`);
  if (job.fork) return refuse(403, "fork", `the job's commit comes from a fork (${job.event})`);
  if (isPullRequest(job) && !rule.from.events.includes(job.event))
    return refuse(403, "pull-request", `a job of pull request ${job.pullRequest ?? "?"} may not have ${name}`);
  const foreign = foreignTo(rule.from, job, asker.machine.forge);
  if (foreign) return { kind: "refused", status: 403, reason: foreign };
  const left = Math.ceil((asker.machine.deadline - at) / 1000);
  return { kind: "granted", rule, seconds: Math.max(SHORTEST_SECONDS, Math.min(rule.minutes * 60, left)) };
}
