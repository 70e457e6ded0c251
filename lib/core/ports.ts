import type { Config, Profile } from "./config.ts";
import type { EventDecision } from "./decision.ts";
import type { Dialect } from "./dialect.ts";
import type { Envelope, Instant, JobNotice, RepoRef } from "./event.ts";
import type { Launch, LaunchedMachine, LaunchPlan, Market, Shortage } from "./launch.ts";
import type { ExitCause, ListedMachine, Machine } from "./machine.ts";
import type { Reason } from "./reason.ts";
import type { Run } from "./run.ts";
import type { ChangedFiles, WorkflowSource } from "./trigger-input.ts";

/**
 * The doors to the world. `lib/app` knows nothing else, so the same code runs on AWS, on one computer and in the simulator.
 *
 * Every method may fail with WorldError, and may have had its effect even when it failed: callers are written for that.
 * Each port's promise stands in its comment; test/contracts proves it for every adapter.
 */
export interface World {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly runs: Runs;
  readonly machineRecords: MachineRecords;
  readonly launches: Launches;
  readonly journal: Journal;
  readonly adoptions: Adoptions;
  readonly secrets: Secrets;
  readonly queue: Queue;
  readonly machines: Machines;
  /** The forge of that name in our configuration; undefined where there is none. */
  readonly forge: (name: string) => Forge | undefined;
}

export interface Clock {
  now(): Instant;
}

export interface Random {
  /** Hex digits, unpredictable; 32 digits are an identity, 64 a secret. */
  hex(digits: number): string;
  /** Uniform in [0, 1), for jitter. */
  fraction(): number;
}

/** One line a decision, a constant message and facts as fields; never a secret, a signature or a body. */
export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}
export type Facts = Readonly<Record<string, unknown>>;

/** The run rows. `version` guards every write: two writers never both win. */
export interface Runs {
  /** Writes only if no run has this key; "exists" is a success of somebody earlier. */
  create(run: Run): Promise<"created" | "exists">;
  /** Strongly consistent. */
  get(key: string): Promise<Run | undefined>;
  /** Writes only if the stored version is `expectedVersion`, and stores `expectedVersion + 1`; otherwise hands back what is there. */
  save(
    run: Run,
    expectedVersion: number,
  ): Promise<{ kind: "saved"; run: Run } | { kind: "stale"; current: Run | undefined }>;
  /** Keys of runs whose `dueOf` (run.ts) is at or before, most overdue first. A hint: it may lag by minutes. */
  due(before: Instant, limit: number): Promise<readonly string[]>;
  /** All open runs, of one scope or of all. A hint: read the row again before acting. */
  open(scope?: string): Promise<readonly Run[]>;
  /** For people: newest first. */
  list(query: RunQuery): Promise<readonly Run[]>;
}

export interface RunQuery {
  readonly limit: number;
  readonly repo?: string;
  readonly status?: readonly Run["status"][];
  readonly pushId?: string;
}

/**
 * Which planned row serves a job that the forge told us of later: written once per job key, strongly consistent.
 */
export interface Adoptions {
  /** Binds the job's key to that run, unless it is bound already; hands back the run's key that stands. */
  adopt(jobKey: string, runKey: string): Promise<string>;
  find(jobKey: string): Promise<string | undefined>;
}

/** Secrets by the names that the configuration gives them; never logged, never stored elsewhere. */
export interface Secrets {
  /** Secrets that sign a forge's webhooks: the current one, and the previous one while it is being rotated. Empty: unknown forge. */
  webhook(forge: string): Promise<readonly string[]>;
}

/** Who claimed what. */
export interface MachineRecords {
  /**
   * In one transaction: creates the machine's record, only if that instance never had one, and saves the run,
   * only over `expectedVersion`. Otherwise neither is written.
   */
  claim(machine: Machine, run: Run, expectedVersion: number): Promise<"ok" | "machine-known" | "run-taken">;
  /** Writes a record that has ended, only if that instance never had one: it can then never claim. */
  retire(machine: Machine): Promise<"retired" | "machine-known">;
  get(instanceId: string): Promise<Machine | undefined>;
  /** Writes only over `expectedVersion`, like Runs.save. */
  save(machine: Machine, expectedVersion: number): Promise<"saved" | "stale">;
  byRunner(forge: string, runnerName: string): Promise<Machine | undefined>;
  byToken(tokenHash: string): Promise<Machine | undefined>;
  /** Machines that have claimed and not ended. */
  live(): Promise<readonly Machine[]>;
}

export interface Launches {
  /** Writes only if no launch has this id. */
  reserve(launch: Launch): Promise<"reserved" | "exists">;
  get(id: string): Promise<Launch | undefined>;
  save(launch: Launch, expectedVersion: number): Promise<"saved" | "stale">;
}

/** What came in and what it led to: for dedupe, for the page, and for "why did nothing run?". */
export interface Journal {
  /** Writes over an earlier record of the same delivery only to move it on, never back to `received`. */
  recordDelivery(delivery: Delivery): Promise<void>;
  delivery(forge: string, id: string): Promise<Delivery | undefined>;
  /** The engine's decision on one event; the same event again changes nothing. */
  recordDecision(decision: RecordedDecision): Promise<void>;
  /** Newest first. */
  decisions(limit: number): Promise<readonly RecordedDecision[]>;
  repository(forge: string, repoId: string): Promise<Repository | undefined>;
  /** Keeps the latest name; `sendsJobEvents` never goes back to false. */
  saveRepository(repository: Repository): Promise<void>;
  /** All that we have learnt of. */
  repositories(): Promise<readonly Repository[]>;
}

export interface Delivery {
  readonly forge: string;
  readonly id: string;
  readonly event: string;
  readonly repo: RepoRef;
  readonly at: Instant;
  readonly outcome: "received" | "planned" | "ignored" | "failed";
  readonly reason?: string;
}

export interface RecordedDecision {
  /** Identity of the event: a repeated delivery has the same. */
  readonly pushId: string;
  readonly forge: string;
  readonly repo: RepoRef;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  readonly sender: string;
  readonly at: Instant;
  readonly decision: EventDecision;
}

/** What we have learnt of a repository. Once job events are seen they are its one source of demand, for good. */
export interface Repository {
  readonly forge: string;
  readonly id: string;
  readonly name: string;
  readonly sendsJobEvents: boolean;
}

/** A message is a hint that makes things fast: all of them lost, the sweep still brings everything to its end. */
export type Message =
  | { readonly v: 1; readonly kind: "event"; readonly envelope: Envelope }
  | { readonly v: 1; readonly kind: "wake"; readonly runKey: string };

export interface Queue {
  /** At least once, in any order, not before `delaySeconds` (at most 900) have passed. Throws WorldError when it is not accepted. */
  send(message: Message, delaySeconds?: number): Promise<void>;
}

/**
 * What became of a message that was handed over. done: forget it · retry: hand it over again, not before so many seconds ·
 * poison: it can never succeed, keep it among the dead letters for a person.
 */
export type Handled =
  | { readonly kind: "done" }
  | { readonly kind: "retry"; readonly seconds: number }
  | { readonly kind: "poison"; readonly reason: string };

/** Messages that were given up. They wait for a person, and count in an alarm. */
export interface DeadLetters {
  /** Some of them, at most `limit`; reading one changes nothing. */
  list(limit: number): Promise<readonly DeadLetter[]>;
  /** Gives every one a fresh start in the queue; says how many there were. */
  redrive(): Promise<number>;
}

export interface DeadLetter {
  /** As it was sent: a message in JSON, or whatever else somebody put into the queue. */
  readonly body: string;
  readonly reason: string;
}

/** `receiveCount` counts from 1. A handler that throws is asked again, like `retry`. */
export type MessageHandler = (message: Message, receiveCount: number) => Promise<Handled>;

/** Computers for one job each. */
export interface Machines {
  /**
   * Freezes everything that a launch of this profile depends on, for the launch record: image id, numeric template version,
   * types, subnets. Starts nothing. Throws UserError where the profile can never be launched here.
   */
  plan(profile: Profile, market: Market): Promise<LaunchPlan>;
  /**
   * Idempotent by `launch.token`: the same launch again answers with the same machines.
   * `unknown`: nobody can say whether machines exist; ask again with the same launch.
   */
  launch(launch: Launch): Promise<LaunchResult>;
  /** Only machines that carry our tag. May lag by minutes: absent once is not gone. */
  list(): Promise<readonly ListedMachine[]>;
  /** Ending an ended or unknown machine is a success. */
  terminate(instanceId: string, reason: string): Promise<void>;
}

export type LaunchResult =
  | { readonly kind: "launched"; readonly machines: readonly LaunchedMachine[]; readonly shortage?: Shortage }
  | { readonly kind: "none"; readonly shortage: Shortage }
  | { readonly kind: "unknown"; readonly text: string };

/** One forge of the configuration. `source` and `demand` are what every forge has; plain git has nothing more. */
export interface Forge {
  /** The rules which that commit's workflows follow. Only plain git looks at the commit: its workflow directory decides. */
  readonly dialect: (repo: RepoRef, sha: string) => Promise<Dialect>;
  /** `its-run`: a machine's runner serves exactly the run that it claimed. `any-job`: the forge gives it any job that fits. */
  readonly serves: Machine["serves"];
  readonly source: Source;
  readonly demand: Demand;
  readonly enrolment: Enrolment;
  readonly feedback?: Feedback;
  readonly hooks?: Hooks;
  readonly server?: Server;
  /** Absent where the forge cannot be asked; machines of its jobs may then deploy nothing. */
  readonly assignments?: Assignments;
}

/** The repository's content at a commit. Answers for one commit never change, so adapters may keep them. */
export interface Source {
  /** By the forge's directory rule; files it would not read are left out. */
  workflowFiles(repo: RepoRef, sha: string): Promise<readonly WorkflowSource[]>;
  /** As the forge computes them: two-dot tree difference, with its own rules for new branches. */
  changedFiles(repo: RepoRef, change: Change): Promise<ChangedFiles>;
  /** Full message of a commit, its peeled id and its parents; undefined where the commit does not exist. */
  commit(repo: RepoRef, sha: string): Promise<{ sha: string; message: string; parents: readonly string[] } | undefined>;
  isAncestor(repo: RepoRef, ancestor: string, descendant: string): Promise<boolean>;
  defaultBranch(repo: RepoRef): Promise<string>;
}

export type Change =
  | { readonly kind: "push"; readonly before: string; readonly after: string; readonly firstCommit?: string }
  | { readonly kind: "pull_request"; readonly number: string; readonly mergeBase?: string; readonly head: string };

export interface Demand {
  /** Envelopes for what we may have missed: jobs that wait at the forge, pushes in the spool. Handing over one twice is harmless. */
  missed(since: Instant): Promise<readonly Envelope[]>;
  /** The forge's present word on one job. `gone`: it has no such job. `silent`: it has no such API, or no jobs of its own. */
  job(repo: RepoRef, jobId: string): Promise<JobNotice | "gone" | "silent">;
}

/** Registrations of runners. */
export interface Enrolment {
  /** Registers one ephemeral runner and hands over that runner's identity only, never a registration token. */
  enrol(request: EnrolRequest): Promise<Registration>;
  runners(scope: string): Promise<readonly RegisteredRunner[]>;
  /** Removing an absent one is a success. */
  remove(scope: string, runnerId: string): Promise<void>;
}

export interface EnrolRequest {
  readonly scope: string;
  readonly repo: RepoRef;
  readonly name: string;
  readonly labels: readonly string[];
  readonly run: Run;
  /** How the jobs ended that this one needs. */
  readonly needs: Readonly<Record<string, NeedResult>>;
}

/** What a claimed machine needs to start its runner. Secret: it goes to the machine and nowhere else. */
export type Registration =
  /** The built-in runner: it reads the job from the repository itself. */
  | {
      readonly kind: "builtin";
      /** Absolute path of the bare repository. */
      readonly repository: string;
      readonly job: BuiltinJob;
      readonly needs: Readonly<Record<string, NeedResult>>;
    }
  /** Contents of act_runner's `.runner` file. */
  | { readonly kind: "gitea"; readonly runnerId: string; readonly runnerFile: string }
  | { readonly kind: "github"; readonly runnerId: string; readonly jitConfig: string };

/** Where the built-in runner finds its job, and what the `github` context says of the event. */
export interface BuiltinJob {
  readonly runKey: string;
  readonly attempt: number;
  readonly repo: string;
  readonly event: string;
  readonly ref: string;
  /** The ref's commit before the push; zeros where it was new, or where nobody remembers. */
  readonly before: string;
  readonly sha: string;
  /** Who pushed; empty where nobody remembers. */
  readonly sender: string;
  /** Path of the workflow file. */
  readonly workflow: string;
  /** Key below `jobs:`. */
  readonly job: string;
  readonly matrixIndex?: number;
}

export interface NeedResult {
  readonly result: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface RegisteredRunner {
  readonly id: string;
  readonly name: string;
  readonly online: boolean;
  readonly busy: boolean;
}

export interface Feedback {
  /** A commit status of ours, only where the forge itself cannot tell what is going on. */
  status(repo: RepoRef, sha: string, report: StatusReport): Promise<void>;
  /** Asks the forge to run the job again; false where it has no such API. */
  rerun(repo: RepoRef, runId: string, jobId: string): Promise<boolean>;
}

export interface StatusReport {
  readonly context: string;
  readonly state: "pending" | "success" | "failure" | "error";
  readonly text: string;
  readonly url?: string;
}

export interface Hooks {
  /** Creates or repairs our webhook on a repository; says what it did. */
  ensure(repo: string, hook: { url: string; secret: string }): Promise<"present" | "created" | "repaired">;
}

export interface Server {
  /** Version and capabilities, in one cheap call; reasons say what an old server cannot do. */
  probe(): Promise<{ version: string; lacks: readonly Reason[] }>;
}

export interface ExitReport {
  readonly bootId: string;
  readonly cause: ExitCause;
  readonly code: number;
  readonly conclusion?: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs?: Readonly<Record<string, string>>;
}

/** What a runner does at this moment, in the forge's own word: the one ground on which a machine may deploy. */
export interface Assignments {
  /**
   * The job that this runner has now, and that job's run. `none`: it has no job. `silent`: this server cannot tell.
   * A name can be taken by a runner of somebody else: where the forge's id is known, it decides.
   */
  ofRunner(repo: RepoRef, runner: AssignedRunner): Promise<AssignedJob | "none" | "silent">;
}

export interface AssignedRunner {
  readonly name: string;
  readonly id?: string;
  /** Where we believe it to be; a server that can only be asked by job needs it. */
  readonly jobId?: string;
}

export interface AssignedJob {
  readonly repo: RepoRef;
  readonly jobId: string;
  readonly jobName: string;
  readonly runnerName: string;
  /** Event of the job's run: `push`, `pull_request`, … */
  readonly event: string;
  /** Full ref of the run: `refs/heads/main`. */
  readonly ref: string;
  readonly headSha: string;
  /** Does the commit come from another repository than the one it runs in? */
  readonly fork: boolean;
  /** The pull request whose job it is. */
  readonly pullRequest?: string;
}
