import type { Deploy, Environment, TargetReport } from "./deploy.ts";
import type { Release } from "./deploy-request.ts";
import type { Instant } from "./event.ts";
import type { World } from "./ports.ts";

/**
 * The doors that deploys need beside those of every world. As there, each method may fail with WorldError
 * and may have had its effect even so.
 */
export interface DeployWorld extends World {
  readonly environments: Environments;
  readonly deploys: Deploys;
  readonly tokens: Tokens;
  /** The way to one target of our configuration; undefined where there is none. */
  readonly commands: (target: string) => Commands | undefined;
}

/** One row per app and environment. `version` guards every write. */
export interface Environments {
  /** Strongly consistent. */
  get(app: string, env: string): Promise<Environment | undefined>;
  list(): Promise<readonly Environment[]>;
  /**
   * In one transaction: writes the row with its new desired release, only over `expectedVersion` (0: only if there is none),
   * and creates the deploy. Otherwise neither is written.
   */
  desire(environment: Environment, deploy: Deploy, expectedVersion: number): Promise<"stored" | "stale">;
  /** Writes only over `expectedVersion`, and stores `expectedVersion + 1`; 0: only if there is none. */
  save(environment: Environment, expectedVersion: number): Promise<"stored" | "stale">;
}

export interface Deploys {
  /** Strongly consistent. */
  get(id: string): Promise<Deploy | undefined>;
  /** Writes only over `expectedVersion`, and stores `expectedVersion + 1`. */
  save(deploy: Deploy, expectedVersion: number): Promise<"stored" | "stale">;
  /** Ids of open deploys due at or before, most overdue first. A hint. */
  due(before: Instant, limit: number): Promise<readonly string[]>;
  /** For people: newest first. */
  list(query: DeployQuery): Promise<readonly Deploy[]>;
}

export interface DeployQuery {
  readonly limit: number;
  readonly app?: string;
  readonly env?: string;
}

/** API tokens by the hash of their secret; the secret itself is stored nowhere. */
export interface Tokens {
  create(token: ApiToken): Promise<"created" | "exists">;
  byHash(hash: string): Promise<ApiToken | undefined>;
  list(): Promise<readonly ApiToken[]>;
  /** Revoking a revoked or unknown token is a success. */
  revoke(name: string, at: Instant): Promise<void>;
}

export interface ApiToken {
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly app: string;
  /** Glob of environments: `staging`, `pr-*`. */
  readonly env: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt?: Instant;
}

/**
 * The way to one target. A command may arrive twice, late, or although `send` failed; deployctl applies each deploy id at most once,
 * refuses a fence below the one that it has recorded, and begins nothing after `notAfter`.
 */
export interface Commands {
  /** `unreachable`: nothing was sent, asking again later may help · `impossible`: never will, our configuration or that host is wrong. */
  send(command: TargetCommand): Promise<SendResult>;
  /** Ids of commands that carry this deploy id, newest first: after a send of which nobody knows whether it arrived. May lag. */
  find(deployId: string): Promise<readonly string[]>;
  result(commandId: string): Promise<CommandResult>;
}

export type TargetCommand = DeployCommand | InspectCommand;

export interface DeployCommand {
  readonly kind: "deploy";
  readonly op: "deploy" | "rollback";
  readonly app: string;
  readonly env: string;
  readonly release?: Release;
  readonly force: boolean;
  readonly deployId: string;
  readonly fence: number;
  readonly notAfter: Instant;
}

export interface InspectCommand {
  readonly kind: "inspect";
  readonly op: "status" | "diagnostics" | "logs";
  readonly app: string;
  readonly env: string;
  /** Whose outcome or log is asked for; absent: the last one's. */
  readonly deployId?: string;
}

export type SendResult =
  | { readonly kind: "sent"; readonly commandId: string }
  | { readonly kind: "unreachable"; readonly text: string }
  | { readonly kind: "impossible"; readonly text: string }
  /** Nobody can say whether it was sent. */
  | { readonly kind: "unknown"; readonly text: string };

export type CommandResult =
  | { readonly kind: "pending" }
  /** It ran to its own end and printed its line. */
  | { readonly kind: "reported"; readonly report: TargetReport }
  /** It never reached the target and will not any more. */
  | { readonly kind: "undelivered"; readonly text: string }
  /** It may have run: killed, timed out, or its output is no line of ours. */
  | { readonly kind: "unknown"; readonly text: string };
