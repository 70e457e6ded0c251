import { type Dialect, newestGitea } from "../../lib/core/dialect.ts";
import type { Conclusion, Envelope, Instant, JobNotice, RepoRef } from "../../lib/core/event.ts";
import type { EnrolRequest, Forge, Registration, StatusReport } from "../../lib/core/forge.ts";
import type { Clock } from "../../lib/core/ports.ts";
import { type MemorySource, memorySource } from "./memory-source.ts";

/**
 * A forge that hands out jobs as a real one does: any enrolled runner whose labels cover a queued job's labels may take it.
 * What it would send as webhooks comes back as envelopes, for the test to deliver, repeat, reorder or lose.
 */
export interface MemoryForge extends Forge {
  readonly source: MemorySource;
  pushed(repo: RepoRef, push: { ref: string; before: string; after: string }): Envelope;
  queueJob(repo: RepoRef, job: NewJob): Envelope;
  /** The runner comes online and takes the oldest job that fits; undefined where none does, or the runner is unknown. */
  pickUp(runnerName: string): Envelope | undefined;
  finishJob(jobId: string, conclusion: Conclusion): Envelope;
  /** A person presses "run again": the same job id, its next try. */
  rerunJob(jobId: string): Envelope;
  jobs(): readonly MemoryJob[];
  runnerNames(): readonly string[];
  statuses(): readonly StatusReport[];
  /** Somebody switches workflows off, by what the forge calls them. */
  switchOff(...workflows: readonly string[]): void;
}

export interface NewJob {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly headSha: string;
  readonly status?: "queued" | "waiting";
}

export interface MemoryJob extends JobNotice {
  readonly repo: RepoRef;
  readonly queuedAt: Instant;
}

interface MemoryRunner {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly labels: readonly string[];
  online: boolean;
  busy: boolean;
  /** An ephemeral runner serves one job in its life. */
  used: boolean;
}

export interface MemoryForgeOptions {
  readonly name?: string;
  readonly dialect?: Dialect;
  readonly clock: Clock;
}

export function memoryForge({ name = "home", dialect = newestGitea, clock }: MemoryForgeOptions): MemoryForge {
  const jobs = new Map<string, MemoryJob>();
  const runners = new Map<string, MemoryRunner>();
  const statuses: StatusReport[] = [];
  const disabled: string[] = [];
  let deliveries = 0;
  let runnerIds = 0;

  function envelope(event: string, repo: RepoRef, rest: Partial<Envelope>): Envelope {
    const deliveryId = `delivery-${++deliveries}`;
    return { v: 1, forge: name, deliveryId, event, repo, sender: "alice", at: clock.now(), ...rest };
  }

  function change(jobId: string, to: Partial<JobNotice>): Envelope {
    const job = jobs.get(jobId);
    if (!job) throw new Error(`the forge has no job ${jobId}`);
    const next: MemoryJob = { ...job, ...to };
    jobs.set(jobId, next);
    return envelope("workflow_job", job.repo, { action: next.status, job: noticeOf(next) });
  }

  function enrol(request: EnrolRequest): Registration {
    const id = `${++runnerIds}`;
    const { scope, labels } = request;
    runners.set(request.name, { id, name: request.name, scope, labels, online: false, busy: false, used: false });
    if (dialect.forge === "github") return { kind: "github", runnerId: id, jitConfig: `jit-${id}` };
    return { kind: "gitea", runnerId: id, runnerFile: `runner-${id}` };
  }

  return {
    dialect: async () => dialect,
    serves: "any-job",
    source: memorySource(dialect.forge === "gitea" ? [".gitea/workflows", ".github/workflows"] : [".github/workflows"]),
    demand: {
      async missed(since) {
        const open = [...jobs.values()].filter((job) => job.status === "queued" && job.queuedAt >= since);
        return open.map((job) => envelope("workflow_job", job.repo, { action: "queued", job: noticeOf(job) }));
      },
      async job(_repo, jobId) {
        const job = jobs.get(jobId);
        return job ? noticeOf(job) : "gone";
      },
    },
    enrolment: {
      enrol: async (request) => enrol(request),
      async runners(scope) {
        return [...runners.values()].filter((runner) => runner.scope === scope).map((runner) => ({ ...runner }));
      },
      async remove(scope, runnerId) {
        for (const runner of runners.values()) {
          if (runner.scope === scope && runner.id === runnerId) runners.delete(runner.name);
        }
      },
    },
    feedback: {
      status: async (_repo, _sha, report) => void statuses.push(report),
      rerun: async (_repo, _runId, jobId) => {
        if (jobs.get(jobId)?.status !== "completed") return false;
        change(jobId, again(jobs.get(jobId)));
        return true;
      },
    },
    switches: { disabled: async () => disabled },
    switchOff: (...workflows) => void disabled.push(...workflows),
    pushed: (repo, push) => envelope("push", repo, push),
    queueJob(repo, job) {
      jobs.set(job.id, { runId: `run-of-${job.id}`, try: 1, status: "queued", ...job, repo, queuedAt: clock.now() });
      return change(job.id, {});
    },
    pickUp(runnerName) {
      const runner = runners.get(runnerName);
      if (!runner || runner.used) return undefined;
      runner.online = true;
      const job = [...jobs.values()].find(({ status, labels }) => status === "queued" && covers(runner.labels, labels));
      if (!job) return undefined;
      runner.busy = true;
      runner.used = true;
      return change(job.id, { status: "in_progress", runnerName });
    },
    finishJob(jobId, conclusion) {
      const runnerName = jobs.get(jobId)?.runnerName;
      if (runnerName) runners.delete(runnerName);
      return change(jobId, { status: "completed", conclusion });
    },
    rerunJob: (jobId) => change(jobId, again(jobs.get(jobId))),
    jobs: () => [...jobs.values()],
    runnerNames: () => [...runners.keys()],
    statuses: () => statuses,
  };
}

function again(job: MemoryJob | undefined): Partial<JobNotice> {
  return { status: "queued", try: (job?.try ?? 0) + 1, runnerName: undefined, conclusion: undefined };
}

function covers(owned: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((label) => owned.includes(label));
}

function noticeOf({ repo: _repo, queuedAt: _queuedAt, ...notice }: MemoryJob): JobNotice {
  return notice;
}
