import { UserError } from "../core/errors.ts";
import type { BuiltinJob, Demand, Enrolment, Forge } from "../core/forge.ts";
import type { Run } from "../core/run/run.ts";
import { readGitWebhook } from "../core/webhook/webhook-git.ts";
import type { BranchBase } from "./git/changed-files.ts";
import { gitSource } from "./git/source.ts";
import { markPlanned, type NotedPush, pendingPushes } from "./git/spool.ts";

export interface GitForgeOptions {
  /** The forge's name in the configuration. */
  readonly name: string;
  /** Absolute path of the bare repository. */
  readonly repository: string;
  /** Has this delivery been dealt with, whatever came of it? Then its note is done with. */
  readonly isSettled: (deliveryId: string) => Promise<boolean>;
}

/** Pushes handed over in one pass of the sweep. */
const maxMissed = 200;

/**
 * A bare repository on this computer as a forge: no jobs, no runners and no API of its own.
 *
 * Its hook notes every push inside the repository; its jobs are served by the built-in runner.
 */
export function gitForge(options: GitForgeOptions): Forge {
  return {
    serves: "its-run",
    ...gitSource(options.repository, async (sha) => notedBase(pendingPushes(options.repository), sha)),
    demand: gitDemand(options),
    enrolment: builtinEnrolment(options.repository),
  };
}

/** Where a pending push says that its new branch begins. */
function notedBase(pushes: readonly NotedPush[], sha: string): BranchBase | undefined {
  const base = pushes.find((push) => push.after === sha && push.base !== undefined)?.base;
  if (base === undefined) return undefined;
  return base === "root" || base === "none" ? { kind: base } : { kind: "commit", sha: base };
}

function gitDemand({ name, repository, isSettled }: GitForgeOptions): Demand {
  return {
    async missed() {
      const envelopes = [];
      for (const push of pendingPushes(repository, maxMissed)) {
        const reading = readGitWebhook({ forge: name, headers: {}, payload: push, at: push.at });
        const isDone = reading.kind !== "event" || (await isSettled(reading.envelope.deliveryId));
        if (isDone) markPlanned(repository, push.pushId);
        else envelopes.push(reading.envelope);
      }
      return envelopes;
    },
    job: async () => "silent",
  };
}

/** Nobody registers with a bare repository: the runner is told where its job stands. */
function builtinEnrolment(repository: string): Enrolment {
  return {
    async enrol({ name, job }) {
      if (!job) throw new UserError(`runner ${name} is to serve no job`);
      return { kind: "builtin", repository, job: jobOf(job.run), needs: job.needs };
    },
    runners: async () => [],
    remove: async () => undefined,
  };
}

function jobOf(run: Run): BuiltinJob {
  const { workflow, job, matrixIndex } = run;
  if (workflow === undefined || job === undefined)
    throw new UserError(`run ${run.key} names no job of a workflow file`);
  return {
    runKey: run.key,
    attempt: run.attempt,
    repo: run.repo,
    event: run.event,
    ref: run.ref,
    before: run.before ?? zerosLike(run.sha),
    sha: run.sha,
    sender: run.sender ?? "",
    workflow,
    job,
    ...(matrixIndex === undefined ? {} : { matrixIndex }),
  };
}

function zerosLike(sha: string): string {
  return "0".repeat(sha.length);
}
