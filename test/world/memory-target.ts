import { createHash } from "node:crypto";
import type {
  CommandResult,
  Commands,
  DeployCommand,
  SendResult,
  TargetCommand,
} from "../../lib/core/deploy/deploy-ports.ts";
import type { Release } from "../../lib/core/deploy/deploy-request.ts";
import type { KnownDeploy, TargetCondition, TargetReport } from "../../lib/core/deploy/target-report.ts";
import type { Instant } from "../../lib/core/event.ts";
import type { Clock } from "../../lib/core/ports.ts";

/** How a release behaves once it is applied; `no-room`: its files cannot even be unpacked, and nothing is touched. */
export type Behaviour = "good" | "broken" | "no-room";

/** Apps whose releases are files: what a target gets at the address that came with its command. */
export interface BundleReader {
  readonly bundled: ReadonlySet<string>;
  read(address: string, at: Instant): Uint8Array | undefined;
}

/**
 * A deploy target in memory that keeps deployctl's rules: one deploy at a time, each id applied at most once, no fence below the recorded
 * one, nothing begins after `notAfter`, a cut run is undone at the next start. It lives on a clock: whoever asks finds what has happened since.
 */
export interface MemoryTarget extends Commands {
  /** What the next send does, once each, in order; afterwards everything arrives at once. */
  readonly next: Delivery[];
  /** Seconds that a deploy works. */
  workSeconds: number;
  /** Is the host there? While it is not, commands wait for it; after a minute and a half nobody counts on them. */
  setOnline(online: boolean): void;
  /** Power loss now: what was under way is cut, its output lost. */
  cut(): void;
  behaviour: (release: Release | undefined) => Behaviour;
  /** Somebody changes by hand what runs there. */
  drift(place: Place, release: Release): void;
  /** How often each deploy id was applied. */
  applied(): ReadonlyMap<string, number>;
  /** With which code each deploy id ended here. */
  endings(): ReadonlyMap<string, number>;
  /** Every fence that was accepted, in order, by place. */
  fences(): ReadonlyMap<string, readonly number[]>;
  /** What runs there now. */
  running(place: Place): Release | undefined;
  /** Bundles that are unpacked there, by digest. */
  unpacked(): ReadonlySet<string>;
}

export interface Delivery {
  /** What the sender hears. */
  readonly heard: "sent" | "unreachable" | "impossible" | "unknown";
  /** After how many seconds the target gets it; absent: never. */
  readonly after?: number;
  /** The output of the command is lost, though it ran. */
  readonly unheard?: boolean;
}

interface Place {
  readonly app: string;
  readonly env: string;
}

interface Sent {
  readonly id: string;
  readonly command: TargetCommand;
  readonly at: Instant;
  readonly arrives: Instant | undefined;
  readonly unheard: boolean;
  result?: CommandResult;
}

interface Operation {
  readonly command: DeployCommand;
  readonly sent: Sent;
  readonly ends: Instant;
  /** Why its bundle cannot be used: it will end so, with nothing changed. */
  readonly unusable: Unusable | undefined;
  interrupted: boolean;
}

type Unusable = Pick<KnownDeploy, "outcome" | "exit" | "reason">;

interface State {
  fence: number;
  condition: TargetCondition;
  releases: readonly Release[];
  seen: Release | undefined;
  operation: Operation | undefined;
  readonly results: Map<string, KnownDeploy>;
}

const DELIVERY_MS = 90_000;

const nothingBundled: BundleReader = { bundled: new Set(), read: () => undefined };

export function memoryTarget(clock: Clock, bundles: BundleReader = nothingBundled): MemoryTarget {
  const states = new Map<string, State>();
  const sent: Sent[] = [];
  const applied = new Map<string, number>();
  const fences = new Map<string, number[]>();
  const unpacked = new Set<string>();
  const next: Delivery[] = [];
  let online = true;

  const keyOf = ({ app, env }: Place) => `${app}/${env}`;
  function stateOf(place: Place): State {
    const known = states.get(keyOf(place));
    if (known) return known;
    const fresh: State = {
      fence: 0,
      condition: "none",
      releases: [],
      seen: undefined,
      operation: undefined,
      results: new Map(),
    };
    states.set(keyOf(place), fresh);
    return fresh;
  }

  function report(command: TargetCommand, at: Instant, said: Partial<TargetReport>): TargetReport {
    const state = stateOf(command);
    return {
      ...(command.deployId === undefined ? {} : { deployId: command.deployId }),
      op: command.kind === "deploy" ? command.op : command.verb,
      app: command.app,
      env: command.env,
      outcome: "refused",
      exit: 8,
      reason: "refused",
      text: "refused",
      fence: state.fence,
      condition: state.condition,
      at: Math.floor(at / 1000),
      ...(state.releases[0] ? { running: state.releases[0] } : {}),
      phases: { apply: 1 },
      log: { path: "", tail: "the last line\n" },
      ...said,
    };
  }

  function hear(one: Sent, result: CommandResult): void {
    one.result ??= one.unheard ? { kind: "unheard", text: "its output is lost" } : result;
  }

  function arrive(one: Sent, at: Instant): void {
    const { command } = one;
    const said = command.kind === "inspect" ? inspect(command, at) : begin(one, command, at);
    if (said) hear(one, { kind: "reported", report: said });
  }

  /** What it says at once; nothing while it works. */
  function begin(one: Sent, command: DeployCommand, at: Instant): TargetReport | undefined {
    const state = stateOf(command);
    const say = (said: Partial<TargetReport>) => report(command, at, said);
    const known = state.results.get(command.deployId);
    if (known) return say(known);
    const own = state.operation?.command.deployId === command.deployId;
    if (state.operation && !state.operation.interrupted)
      return say({
        outcome: own ? "in_progress" : "refused",
        exit: 3,
        reason: own ? "in-progress" : "locked",
        text: "locked",
      });
    if (state.operation) undo(state, state.operation);
    const undone = state.results.get(command.deployId);
    if (undone) return say(undone);
    if (at > command.notAfter) return say({ reason: "expired", text: "it came too late" });
    if (command.fence < state.fence) return say({ reason: "fence", text: "a newer deploy was here before" });
    state.fence = command.fence;
    fences.set(keyOf(command), [...(fences.get(keyOf(command)) ?? []), command.fence]);
    applied.set(command.deployId, (applied.get(command.deployId) ?? 0) + 1);
    const unusable = fetchBundle(command, releaseOf(state, command), at);
    state.operation = { command, sent: one, ends: at + target.workSeconds * 1000, unusable, interrupted: false };
    return undefined;
  }

  /** As deployctl and the example `files` do: what is unpacked already needs no bundle; anything else is checked before it is touched. */
  function fetchBundle(
    { app, bundle }: DeployCommand,
    release: Release | undefined,
    at: Instant,
  ): Unusable | undefined {
    const digest = release?.digest;
    if (!bundles.bundled.has(app) || digest === undefined || unpacked.has(digest)) return undefined;
    const content = bundle === undefined ? undefined : bundles.read(bundle, at);
    if (!content) return { outcome: "failed", exit: 5, reason: "bundle-unavailable" };
    const found = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    if (found !== digest) return { outcome: "refused", exit: 2, reason: "wrong-bundle" };
    if (target.behaviour(release) === "no-room") return { outcome: "failed", exit: 6, reason: "apply-failed" };
    unpacked.add(digest);
    return undefined;
  }

  function releaseOf(state: State, { op, release }: DeployCommand): Release | undefined {
    return release ?? (op === "rollback" ? state.releases[1] : undefined);
  }

  function finish(state: State, { command, sent: one, unusable }: Operation, at: Instant): void {
    const release = releaseOf(state, command);
    state.operation = undefined;
    if (unusable) {
      end(state, command, { ...unusable, text: "nothing was changed", condition: state.condition });
    } else if (release && target.behaviour(release) === "good") {
      const rest = state.releases.filter((other) => other.tag !== release.tag);
      state.releases = command.op === "rollback" ? rest.slice(rest.indexOf(release) + 1) : rest;
      state.releases = [release, ...state.releases].slice(0, 5);
      end(state, command, {
        outcome: "deployed",
        exit: 0,
        reason: "deployed",
        text: `${release.tag} is live`,
        condition: "verified",
      });
    } else if (state.releases.length > 0) {
      end(state, command, {
        outcome: "rolled_back",
        exit: 1,
        reason: "unhealthy",
        text: "it was rolled back",
        condition: "verified",
      });
    } else {
      end(state, command, {
        outcome: "failed",
        exit: 7,
        reason: "unhealthy",
        text: "it is stopped",
        condition: "stopped",
      });
    }
    state.seen = state.releases[0];
    hear(one, { kind: "reported", report: report(command, at, state.results.get(command.deployId) ?? {}) });
  }

  function undo(state: State, { command }: Operation): void {
    state.operation = undefined;
    const had = state.releases.length > 0;
    state.seen = state.releases[0];
    end(state, command, {
      ...(had
        ? { outcome: "rolled_back", exit: 1, condition: "verified" }
        : { outcome: "failed", exit: 7, condition: "stopped" }),
      reason: "interrupted",
      text: "it was cut short and is undone",
    });
  }

  function end(state: State, command: DeployCommand, said: Omit<KnownDeploy, "id" | "op" | "fence">): void {
    state.condition = said.condition;
    state.results.set(command.deployId, { id: command.deployId, op: command.op, fence: state.fence, ...said });
  }

  function inspect(command: TargetCommand, at: Instant): TargetReport {
    const state = stateOf(command);
    const { operation, seen } = state;
    const deploy = command.deployId === undefined ? undefined : state.results.get(command.deployId);
    const drifted = seen?.tag !== state.releases[0]?.tag;
    return report(command, at, {
      outcome: "status",
      exit: 0,
      reason: "status",
      text: "what is recorded and what is seen",
      seen: { condition: drifted ? "drifted" : state.condition, ...(seen ? { running: { ...seen } } : {}) },
      ...(operation
        ? { operation: { id: operation.command.deployId, phase: "apply", interrupted: operation.interrupted } }
        : {}),
      ...(deploy ? { deploy } : {}),
    });
  }

  /** Everything that has happened by now, in its order. */
  function settle(): void {
    for (;;) {
      const now = clock.now();
      const arrival = sent
        .filter(({ result, arrives, id }) => !result && arrives !== undefined && arrives <= now && !begun.has(id))
        .sort((a, b) => (a.arrives ?? 0) - (b.arrives ?? 0))[0];
      const done = [...states.values()]
        .filter(({ operation }) => operation && !operation.interrupted && operation.ends <= now)
        .sort((a, b) => (a.operation?.ends ?? 0) - (b.operation?.ends ?? 0))[0];
      if (done?.operation && (!arrival || done.operation.ends <= (arrival.arrives ?? 0))) {
        finish(done, done.operation, done.operation.ends);
      } else if (arrival && online) {
        begun.add(arrival.id);
        arrive(arrival, Math.max(arrival.arrives ?? now, cameBackAt));
      } else return;
    }
  }
  const begun = new Set<string>();
  let cameBackAt = 0;

  const target: MemoryTarget = {
    next,
    workSeconds: 0,
    behaviour: () => "good",
    async send(command): Promise<SendResult> {
      settle();
      const { heard, after, unheard = false } = next.shift() ?? { heard: "sent", after: 0 };
      if (heard === "unreachable" || heard === "impossible") return { kind: heard, text: "it is not there" };
      if (heard === "unknown" && after === undefined) return { kind: "unknown", text: "no answer" };
      const id = `command-${sent.length + 1}`;
      const arrives = after === undefined ? undefined : clock.now() + after * 1000;
      sent.push({ id, command: structuredClone(command), at: clock.now(), arrives, unheard });
      settle();
      return heard === "sent" ? { kind: "sent", commandId: id } : { kind: "unknown", text: "no answer" };
    },
    async find(deployId) {
      return sent
        .filter(({ command }) => command.kind === "deploy" && command.deployId === deployId)
        .map(({ id }) => id)
        .reverse();
    },
    async result(commandId): Promise<CommandResult> {
      settle();
      const one = sent.find(({ id }) => id === commandId);
      if (!one) return { kind: "undelivered", text: "there is no such command" };
      if (one.result) return one.result;
      // As with SSM: what has not arrived in its time may still do so.
      if (!begun.has(one.id) && clock.now() - one.at > DELIVERY_MS)
        return { kind: one.arrives === undefined ? "undelivered" : "unheard", text: "it was not delivered in time" };
      return { kind: "pending" };
    },
    setOnline(value) {
      settle();
      online = value;
      if (value) cameBackAt = clock.now();
      settle();
    },
    cut() {
      settle();
      for (const { operation } of states.values()) {
        if (!operation || operation.interrupted) continue;
        operation.interrupted = true;
        operation.sent.result ??= { kind: "unheard", text: "the host went away" };
      }
    },
    drift(place, release) {
      settle();
      stateOf(place).seen = release;
    },
    applied: () => applied,
    endings() {
      settle();
      return new Map([...states.values()].flatMap(({ results }) => [...results].map(([id, { exit }]) => [id, exit])));
    },
    fences: () => fences,
    running(place) {
      settle();
      return stateOf(place).seen;
    },
    unpacked: () => unpacked,
  };
  return target;
}
