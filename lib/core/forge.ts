import type { Dialect } from "./dialect.ts";
import type { Envelope, Instant, JobNotice, RepoRef } from "./event.ts";
import type { Reason } from "./reason.ts";
import type { Machine } from "./run/machine.ts";
import type { Run } from "./run/run.ts";
import type { ChangedFiles, WorkflowSource } from "./trigger/trigger-input.ts";

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
  /** Absent where nothing can be switched off: plain git. */
  readonly switches?: Switches;
  /** Absent where the forge cannot be asked; machines of its jobs may then deploy nothing. */
  readonly assignments?: Assignments;
  /** A short token that reads one repository and nothing else; absent where the forge has none of that kind. Secret. */
  readonly repositoryToken?: (repo: RepoRef) => Promise<string>;
}

/** A forge with a server: all that Gitea and GitHub both have. */
export type ServerForge = Required<Omit<Forge, "repositoryToken">> & Pick<Forge, "repositoryToken">;

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
  /** The commit that a branch has at this moment, by its short name; undefined where there is none. Never kept. */
  branchTip(repo: RepoRef, branch: string): Promise<string | undefined>;
}

export type Change =
  | { readonly kind: "push"; readonly before: string; readonly after: string; readonly firstCommit?: string }
  | { readonly kind: "pull_request"; readonly number: string; readonly mergeBase?: string; readonly head: string };

export interface Demand {
  /** Envelopes for what we may have missed: jobs that wait at the forge, pushes in the spool. Handing over one twice is harmless. */
  missed(since: Instant): Promise<readonly Envelope[]>;
  /** `missed` also tells of the jobs that runners have: what is open here and not among these may be over there. */
  readonly listsBegun?: true;
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
  /** What it will serve; only a runner that reads its job itself has to be told. */
  readonly job?: {
    readonly run: Run;
    /** How the jobs ended that this one needs. */
    readonly needs: Readonly<Record<string, NeedResult>>;
  };
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

/** Where a webhook hangs: on one repository, on all that an owner has, or on everything that the server has. */
export type HookPlace =
  | { readonly kind: "repository"; readonly name: string }
  | { readonly kind: "owner"; readonly name: string }
  | { readonly kind: "everything" };

/** Our webhook as it should be. The secret is written and never read back. */
export interface WantedHook {
  readonly url: string;
  readonly secret: string;
}

export interface EnsuredHook {
  readonly id: string;
  readonly outcome: "present" | "created" | "repaired";
  readonly events: readonly string[];
}

export interface Hooks {
  /** Creates or repairs our webhook there: exactly one, active, signed with this secret, with the events that we act upon. */
  ensure(place: HookPlace, hook: WantedHook): Promise<EnsuredHook>;
  /** Has the forge send a test to that hook. */
  test(place: HookPlace, id: string): Promise<HookTest>;
  /** How the webhook that leads to this address stands; changes nothing. */
  look(place: HookPlace, url: string): Promise<HookState>;
}

export type HookState =
  | { readonly kind: "absent" }
  | {
      readonly kind: "present";
      readonly active: boolean;
      /** Events that we act upon and that it does not send. */
      readonly missing: readonly string[];
      /** How its last delivery was answered, where the forge tells. */
      readonly lastStatus?: number;
    };

/** `answered`: what our address replied, by the forge's own record. `sent`: it tells nobody what came of it. */
export type HookTest =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "sent" }
  | { readonly kind: "untested"; readonly why: string };

/** Workflows that somebody has switched off at the forge, without a commit. */
export interface Switches {
  /**
   * As the forge identifies them: GitHub by path, Gitea by the path below its workflow directory.
   * `silent`: this server cannot tell, or does not tell us.
   */
  disabled(repo: RepoRef): Promise<readonly string[] | "silent">;
}

export interface Server {
  /** Version and capabilities, in one cheap call; reasons say what an old server cannot do. */
  probe(): Promise<{ version: string; lacks: readonly Reason[] }>;
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
