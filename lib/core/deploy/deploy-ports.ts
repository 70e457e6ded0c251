import type { Instant } from "../event.ts";
import type { World } from "../ports.ts";
import type { ApiToken } from "./api-token.ts";
import type { Bundle } from "./bundle.ts";
import type { Deploy, DeployEntry, Environment } from "./deploy.ts";
import type { Release } from "./deploy-request.ts";
import type { EnvironmentRule } from "./policy.ts";
import type { TargetReport } from "./target-report.ts";

/**
 * The doors that deploys need beside those of every world. As there, each method may fail with WorldError
 * and may have had its effect even so.
 */
export interface DeployWorld extends World, DeployStore {
  /** Environments of dayfly.yaml, in its order: the first one that fits a name decides. */
  readonly rules: readonly EnvironmentRule[];
  readonly wakes: Wakes;
  /** The way to one target of our configuration; undefined where there is none. */
  readonly commands: (target: string) => Commands | undefined;
  readonly bundles: Bundles;
  /** Apps whose releases are bundles. */
  readonly bundled: ReadonlySet<string>;
}

/** What a store keeps of deploys. */
export interface DeployStore {
  readonly environments: Environments;
  readonly deploys: Deploys;
  readonly tokens: Tokens;
}

/** One row per app and environment. `version` guards every write. */
export interface Environments {
  /** Strongly consistent. */
  get(app: string, env: string): Promise<Environment | undefined>;
  list(): Promise<readonly Environment[]>;
  /**
   * In one transaction: writes the environment, only over `expected.environment` (0: only if there is none), and the deploy,
   * only over `expected.deploy` (0 likewise). Otherwise neither is written.
   */
  desire(
    environment: Environment,
    deploy: Deploy,
    expected: { readonly environment: number; readonly deploy: number },
  ): Promise<"stored" | "stale">;
  /** Writes only over `expectedVersion` and stores `expectedVersion + 1`; 0: only if there is none. */
  save(environment: Environment, expectedVersion: number): Promise<"stored" | "stale">;
}

export interface Deploys {
  /** Strongly consistent. */
  get(id: string): Promise<Deploy | undefined>;
  /**
   * Writes only over `expectedVersion` and stores `expectedVersion + 1`; 0: only if there is none. In the same transaction the
   * entries of that version (`entriesOf`) are added to the audit; `Environments.desire` does the same.
   */
  save(deploy: Deploy, expectedVersion: number): Promise<"stored" | "stale">;
  /** The deploy's audit: every entry ever written, oldest first. Nothing changes or removes one before it expires. */
  audit(id: string): Promise<readonly DeployEntry[]>;
  /** Ids of open deploys due at or before, most overdue first. A hint: it may lag by minutes. */
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
  /** `exists`: a token of this name, revoked ones too: a name is never used twice. */
  create(token: ApiToken): Promise<"created" | "exists">;
  byHash(hash: string): Promise<ApiToken | undefined>;
  list(): Promise<readonly ApiToken[]>;
  /** Revoking a revoked token changes nothing. */
  revoke(name: string, at: Instant): Promise<"revoked" | "unknown">;
}

export interface Wakes {
  /** Have somebody look at this deploy after so many seconds (at most 900). A hint: all of them lost, the sweep does it. */
  wake(deployId: string, afterSeconds: number): Promise<void>;
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

/**
 * Where bundles lie between the job that made them and the targets. What is stored for a digest has that digest: the store itself
 * checks, and deployctl checks again.
 */
export interface Bundles {
  has(bundle: Bundle): Promise<boolean>;
  /** An address that takes exactly this bundle of exactly so many bytes, until then. Whoever holds it needs no right of his own. */
  offer(bundle: Bundle, bytes: number, until: Instant): Promise<BundleOffer>;
  /** An address at which a target reads this bundle, until then; nothing else can be read with it. */
  address(bundle: Bundle, until: Instant): Promise<string>;
}

/** A store of bundles that has no door of its own: what arrives at its addresses is handed to it. */
export interface TakingBundles extends Bundles {
  /**
   * @param url path and query, as they were offered
   * @param body read only where the address was offered: anybody may call it
   */
  take(url: string, body: () => Promise<Uint8Array>): Promise<TakenBundle>;
}

/** `refused`: the address is none of ours, not for this any more, or for other bytes. */
export type TakenBundle = { readonly kind: "stored" } | { readonly kind: "refused"; readonly text: string };

export interface BundleOffer {
  /** To be PUT to; without origin where the deploy API takes it itself. */
  readonly url: string;
  /** To be sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

export type TargetCommand = DeployCommand | InspectCommand;

export interface DeployCommand {
  readonly kind: "deploy";
  readonly op: "deploy" | "rollback";
  readonly app: string;
  readonly env: string;
  readonly release?: Release;
  /** Address at which the target reads the bundle of that release. A right to read it: for nobody else's eyes. */
  readonly bundle?: string;
  readonly force: boolean;
  readonly deployId: string;
  readonly fence: number;
  readonly notAfter: Instant;
}

export interface InspectCommand {
  readonly kind: "inspect";
  readonly verb: "status" | "diagnostics" | "logs";
  readonly app: string;
  readonly env: string;
  /** Whose outcome or log is asked for; absent: the newest one's. */
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
  | { readonly kind: "unheard"; readonly text: string };
