import type { Config, Profile } from "./config/config.ts";
import type { Envelope, Instant, RepoRef } from "./event.ts";
import type { Forge } from "./forge.ts";
import type { Comparison } from "./plan/compare-plan.ts";
import type { EventDecision } from "./plan/decision.ts";
import type { Launch, LaunchedMachine, LaunchPlan, Market, Shortage } from "./run/launch.ts";
import type { ExitCause, ListedMachine, Machine } from "./run/machine.ts";
import type { Run } from "./run/run.ts";

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

/** Short AWS credentials for a grant of dayfly.yaml. Secret: they go to the job that asked and nowhere else. */
export interface Vending {
  /**
   * @param session how the provider's own audit trail names who used them
   * @param seconds from 900 to 3600
   */
  vend(grant: string, session: string, seconds: number): Promise<SessionKeys>;
}

export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Instant;
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
  /** Keeps with a decision what the forge made of it. */
  recordComparison(decision: RecordedDecision, compared: Comparison): Promise<void>;
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
  /** What the forge made of it, where it tells of its jobs. */
  readonly compared?: Comparison;
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
  | { readonly v: 1; readonly kind: "wake"; readonly runKey: string }
  | { readonly v: 1; readonly kind: "deploy"; readonly deployId: string };

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

export interface ExitReport {
  readonly bootId: string;
  readonly cause: ExitCause;
  readonly code: number;
  readonly conclusion?: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs?: Readonly<Record<string, string>>;
}
