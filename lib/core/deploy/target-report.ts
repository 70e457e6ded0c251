import * as z from "zod/mini";
import type { Release } from "./deploy-request.ts";

/** How deployctl says that a call ended. */
export const targetOutcomes = [
  "deployed",
  "noop",
  "rolled_back",
  "failed",
  "refused",
  "in_progress",
  "status",
  "healthy",
  "degraded",
] as const;

/**
 * The one line of JSON that deployctl prints (target-host/README.md has every field and exit code), as far as we use it.
 */
export interface TargetReport {
  readonly deployId?: string;
  readonly op: string;
  /** Absent where the host did not come so far as to know them. */
  readonly app?: string;
  readonly env?: string;
  readonly outcome: (typeof targetOutcomes)[number];
  /** 0 to 9. */
  readonly exit: number;
  readonly reason: string;
  readonly text: string;
  readonly fence: number;
  readonly condition: TargetCondition;
  /** The target's clock, in seconds. */
  readonly at: number;
  readonly running?: Release;
  readonly previous?: Release;
  /** Milliseconds by name, in the order in which they happened. */
  readonly phases: Readonly<Record<string, number>>;
  readonly log: { readonly path: string; readonly tail: string };
  /** What an inspection saw by looking; only with the verb `status`. */
  readonly seen?: { readonly condition: TargetCondition | "drifted"; readonly running?: Partial<Release> };
  /** The deploy at work there. */
  readonly operation?: { readonly id: string; readonly phase: string; readonly interrupted: boolean };
  /** How the deploy ended that was asked about. */
  readonly deploy?: KnownDeploy;
  readonly checks?: readonly Check[];
}

/** As deployctl remembers one of its deploys. */
export type KnownDeploy = Pick<TargetReport, "op" | "outcome" | "exit" | "reason" | "text" | "fence" | "condition"> & {
  readonly id: string;
};

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

export type TargetCondition = "none" | "verified" | "broken" | "stopped";

const optional = <T extends z.core.SomeType>(inner: T) =>
  z.pipe(
    z.optional(z.nullable(inner)),
    z.transform((value) => value ?? undefined),
  );
const Text = z.string().check(z.maxLength(2000));
const Count = z.int().check(z.gte(0));
/** A clock that tells a year beyond 9999 is no clock: nobody could write that moment down. */
const Seconds = Count.check(z.lte(253_402_300_799));
const Milliseconds = z.number().check(z.gte(0), z.lte(86_400_000));
const Outcome = z.enum(targetOutcomes);
const Condition = z.enum(["none", "verified", "broken", "stopped"]);
const Exit = z.int().check(z.gte(0), z.lte(9));
const Running = z.object({ tag: Text, digest: optional(Text), commit: optional(Text) });
const Ended = { op: Text, outcome: Outcome, exit: Exit, reason: Text, text: Text, fence: Count, condition: Condition };

const Line = z.object({
  v: z.literal(1),
  deploy_id: optional(Text),
  app: optional(Text),
  env: optional(Text),
  ...Ended,
  at: Seconds,
  running: optional(Running),
  previous: optional(Running),
  phases: z.record(z.string(), Milliseconds),
  log: z.object({ path: Text, tail: z.string().check(z.maxLength(20_000)) }),
  seen: optional(
    z.object({
      condition: z.enum(["none", "verified", "broken", "stopped", "drifted"]),
      running: optional(z.object({ digest: optional(Text), commit: optional(Text) })),
    }),
  ),
  operation: optional(z.object({ id: Text, phase: Text, interrupted: z.boolean() })),
  deploy: optional(z.object({ id: Text, ...Ended })),
  checks: optional(z.array(z.object({ name: Text, ok: z.boolean(), text: Text })).check(z.maxLength(50))),
});

/** Reads what a command printed; undefined where it is not exactly one line of ours: the host may print anything. */
export function readReport(stdout: string): TargetReport | undefined {
  const text = stdout.trim();
  if (text.includes("\n") || text.length > 24_000) return undefined;
  try {
    const { v: _version, deploy_id: deployId, ...rest } = Line.parse(JSON.parse(text));
    return { deployId, ...rest };
  } catch {
    return undefined;
  }
}
