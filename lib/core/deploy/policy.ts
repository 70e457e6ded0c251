import type { z } from "zod";
import type { EnvironmentEntry } from "../config/config-deploys.ts";
import type { Instant } from "../event.ts";
import type { AssignedJob } from "../forge.ts";
import { foreignTo, isPullRequest } from "../origin.ts";
import type { Reason } from "../reason.ts";
import type { Machine } from "../run/machine.ts";
import type { ApiToken } from "./api-token.ts";
import { fits, isTagOf, type Release } from "./deploy-request.ts";

/** Where an app runs and who may change it, as dayfly.yaml says. */
export type EnvironmentRule = Readonly<z.infer<typeof EnvironmentEntry>>;

/** Who asks. A machine is never trusted by its label or role: only by the job that the forge says its runner has now. */
export type Asker =
  | { readonly kind: "nobody" }
  | { readonly kind: "administrator"; readonly name: string }
  | { readonly kind: "token"; readonly token: ApiToken }
  | { readonly kind: "machine"; readonly machine: Machine; readonly job: MachineJob };

/** What the forge says of a machine's runner; `unanswered`: it did not answer just now. */
export type MachineJob = AssignedJob | "none" | "silent" | "unanswered";

/** What is asked for. `read`: status, difference, log. */
export interface Wish {
  readonly act: "deploy" | "rollback" | "approve" | "read";
  readonly app: string;
  readonly env: string;
  readonly release?: Release;
}

export type Permission =
  | { readonly kind: "allowed"; readonly rule: EnvironmentRule; readonly by: string; readonly release?: Release }
  | Refusal;

export interface Refusal {
  readonly kind: "refused";
  /** 401 who are you · 403 you may not · 422 that cannot be · 503 nobody can say now, come again. */
  readonly status: 401 | 403 | 422 | 503;
  readonly reason: Reason;
}

/**
 * Who may deploy what where: the whole policy, as one function of what is known.
 *
 * A machine's job deploys the head commit of that job and nothing else, whatever the caller says.
 */
export function permit(asker: Asker, wish: Wish, rules: readonly EnvironmentRule[], at: Instant): Permission {
  if (asker.kind === "nobody") return noToken;
  const refusal = asker.kind === "token" ? (refuseSpent(asker.token, at) ?? refuseScope(asker.token, wish)) : undefined;
  if (refusal) return refusal;
  const rule = ruleOf(rules, wish.app, wish.env);
  if (!rule) return unknownEnvironment(wish);
  switch (asker.kind) {
    case "administrator":
      return { kind: "allowed", rule, by: asker.name, ...released(wish) };
    case "token":
      return { kind: "allowed", rule, by: `token ${asker.token.name}`, ...released(wish) };
    case "machine":
      return permitMachine(asker, wish, rule, at);
  }
}

/**
 * Who gets no answer of any kind, whatever is asked: nobody, a token that is over, a machine without a job of its own.
 * A list of nothing would let them believe that there is nothing.
 */
export function refuseAsker(asker: Asker, at: Instant): Refusal | undefined {
  if (asker.kind === "nobody") return noToken;
  if (asker.kind === "token") return refuseSpent(asker.token, at);
  if (asker.kind === "administrator") return undefined;
  const job = jobOfMachine(asker, at);
  return "kind" in job ? job : undefined;
}

const noToken = refuse(401, "no-token", "a bearer token of a machine or of the API is needed");

/** The first entry whose name is this one, or a beginning of it followed by `*`. */
export function ruleOf(rules: readonly EnvironmentRule[], app: string, env: string): EnvironmentRule | undefined {
  return rules.find((rule) => rule.app === app && coversName(rule.name, env));
}

/** dayfly.yaml has no such place; `env` may be a pattern. */
export function unknownEnvironment({ app, env }: Pick<ApiToken, "app" | "env">): Refusal {
  return refuse(422, "unknown-environment", `dayfly.yaml has no environment ${env} of an app ${app}`);
}

/** Is there an environment, or could there be one, that such a token would open? */
export function hasEnvironmentFor(rules: readonly EnvironmentRule[], { app, env }: Pick<ApiToken, "app" | "env">) {
  const beginning = env.replace(/\*$/, "");
  return rules.some(({ app: known, name }) => known === app && (coversName(env, name) || coversName(name, beginning)));
}

function coversName(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function refuseSpent(token: ApiToken, at: Instant): Refusal | undefined {
  if (token.revokedAt !== undefined) return refuse(401, "token-revoked", `token ${token.name} was revoked`);
  if (at >= token.expiresAt) return refuse(401, "token-expired", `token ${token.name} has expired`);
  return undefined;
}

function refuseScope(token: ApiToken, { act, app, env }: Wish): Refusal | undefined {
  if (token.app !== app || !coversName(token.env, env))
    return refuse(403, "out-of-scope", `token ${token.name} is for ${token.app} in ${token.env}`);
  if (act === "approve") return refuse(403, "approval", "only an administrator approves a deploy");
  return undefined;
}

function permitMachine(asker: MachineAsker, wish: Wish, rule: EnvironmentRule, at: Instant): Permission {
  const job = jobOfMachine(asker, at);
  if ("kind" in job) return job;
  if (wish.act === "approve") return refuse(403, "approval", "only an administrator approves a deploy");
  return refuseJob(job, wish, rule, asker.machine.forge) ?? ofJob(job, wish, rule);
}

type MachineAsker = Extract<Asker, { kind: "machine" }>;

/** The job that a machine may speak for, or why it may speak for none. */
export function jobOfMachine({ machine, job }: MachineAsker, at: Instant): AssignedJob | Refusal {
  if (machine.endedAt !== undefined || at >= machine.deadline)
    return refuse(403, "machine-ended", `machine ${machine.instanceId} has ended`);
  if (job === "unanswered")
    return refuse(503, "forge-silent", `${machine.forge} does not say what this machine does; ask again`);
  if (job === "silent")
    return refuse(403, "forge-too-old", `${machine.forge} cannot say which job a runner has: use an API token`);
  if (job === "none") return refuse(403, "machine-idle", `the runner ${machine.runnerName} has no job now`);
  if (job.runnerName !== machine.runnerName)
    return refuse(403, "another-runner", `that job runs on ${job.runnerName}, not on ${machine.runnerName}`);
  return job;
}

function refuseJob(job: AssignedJob, { env }: Wish, { from }: EnvironmentRule, forge: string): Refusal | undefined {
  if (job.fork) return refuse(403, "fork", `the job's commit comes from a fork (${job.event})`);
  if (isPullRequest(job) && (env !== `pr-${job.pullRequest}` || !from.events.includes(job.event)))
    return refuse(403, "pull-request", `a job of pull request ${job.pullRequest ?? "?"} may not deploy ${env}`);
  const foreign = foreignTo(from, job, forge);
  return foreign && { kind: "refused", status: 403, reason: foreign };
}

/** The commit is the job's own; a caller may repeat it, never choose it. */
function ofJob(job: AssignedJob, wish: Wish, rule: EnvironmentRule): Permission {
  const by = `job ${job.jobName} of ${job.repo.name}`;
  if (wish.act !== "deploy" || !wish.release) return { kind: "allowed", rule, by, ...released(wish) };
  const { tag, commit } = wish.release;
  if (!fits("commit", job.headSha)) return refuse(422, "commit", "the job's head is no commit of 40 hex digits");
  if (commit !== undefined && commit !== job.headSha)
    return refuse(422, "commit", `the job's commit is ${job.headSha}, not ${commit}`);
  if (!isTagOf(tag, job.headSha))
    return refuse(422, "commit", `the job's commit is ${job.headSha}, which is not ${tag}`);
  return { kind: "allowed", rule, by, release: { ...wish.release, commit: job.headSha } };
}

function released({ release }: Wish): { readonly release?: Release } {
  return release ? { release } : {};
}

/** A refusal with its reason, as a value. */
export function refuse(status: Refusal["status"], code: string, text: string): Refusal {
  return { kind: "refused", status, reason: { code, text } };
}
