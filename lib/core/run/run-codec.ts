import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import { type Row, readRow, type Shape } from "./row.ts";
import {
  type Ended,
  endedStatuses,
  type HistoryEntry,
  type Run,
  type RunFacts,
  type Seat,
  type Status,
} from "./run.ts";

/**
 * A run as every store keeps it: one flat row under plain names, so that whoever looks at the table reads
 * `status`, `reason` and `deadline` without knowing this program.
 */
export function encodeRun(run: Run): Row {
  const { reason, ...rest } = run;
  return {
    ...z.encode(Facts, rest),
    ...z.encode(InStatus, rest),
    reason: reason.text,
    reasonCode: reason.code,
    reasonFile: reason.file,
    reasonLine: reason.line,
    reasonColumn: reason.column,
  };
}

/** @throws WorldError where the row is not one of ours */
export function decodeRun(row: unknown): Run {
  const what = `run ${(row as { key?: unknown } | undefined)?.key}`;
  const {
    reason: text,
    reasonCode: code,
    reasonFile: file,
    reasonLine: line,
    reasonColumn: column,
  } = readRow(what, FlatReason, row);
  return { ...readRow(what, Facts, row), ...readRow(what, InStatus, row), reason: { code, text, file, line, column } };
}

const FlatReason = z.object({
  reason: z.string(),
  reasonCode: z.string(),
  reasonFile: z.string().optional(),
  reasonLine: z.int().optional(),
  reasonColumn: z.int().optional(),
});

const text = z.string();
const yes = z.literal(true).optional();
const status = z.enum([
  "waiting",
  "queued",
  "launching",
  "booting",
  "running",
  ...endedStatuses,
] as const satisfies Status[]);

const SeatRow = z.object({
  launchId: text,
  launchingAt: isoTime,
  deadline: isoTime,
  launchedAt: isoTime.optional(),
  instanceId: text.optional(),
  runnerName: text.optional(),
  claimedAt: isoTime.optional(),
} satisfies Shape<Seat>);

const Effect = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wake"), afterSeconds: z.number() }),
  z.object({ kind: z.literal("terminate"), instanceId: text, reason: text }),
  z.object({ kind: z.literal("reseat"), instanceId: text, seat: SeatRow.optional() }),
  z.object({ kind: z.literal("release") }),
  z.object({ kind: z.literal("report") }),
]);

const Facts = z.object({
  key: text,
  forge: text,
  scope: text,
  repoId: text,
  repo: text,
  event: text,
  ref: text,
  sha: text,
  before: text.optional(),
  sender: text.optional(),
  workflow: text.optional(),
  job: text.optional(),
  jobName: text,
  matrixIndex: z.int().optional(),
  labels: z.array(text).readonly(),
  needs: z.array(z.object({ key: text, job: text })).readonly(),
  conditional: yes,
  profile: text.optional(),
  pushId: text.optional(),
  forgeJobId: text.optional(),
  forgeRunId: text.optional(),
  forgeTry: z.int().optional(),
  rerunOf: text.optional(),
  timeoutMinutes: z.number().optional(),
  avoidSpot: yes,
  reported: z.string().optional(),
  attempt: z.int(),
  createdAt: isoTime,
  nextAction: text.optional(),
  dueAt: isoTime.optional(),
  effects: z.array(Effect).readonly(),
  history: z
    .array(z.object({ at: isoTime, from: status, to: status, reason: text } satisfies Shape<HistoryEntry>))
    .readonly(),
  version: z.int(),
} satisfies Shape<Omit<RunFacts, "reason">>);

const Launching = SeatRow.pick({ launchId: true, launchingAt: true, deadline: true });
const Booting = SeatRow.required({ launchedAt: true });
const Running = SeatRow.required().extend({ startedAt: isoTime });
const EndedRow = z.object({
  ...Running.partial().shape,
  endedAt: isoTime,
  conclusion: z.enum(["success", "failure", "cancelled", "skipped"]).optional(),
  outputs: z.record(text, text).optional(),
  expiresAt: isoTime,
} satisfies Shape<Ended>);

const InStatus = z.discriminatedUnion("status", [
  z.object({ status: z.literal("waiting") }),
  z.object({ status: z.literal("queued") }),
  Launching.extend({ status: z.literal("launching") }),
  Booting.extend({ status: z.literal("booting") }),
  Running.extend({ status: z.literal("running") }),
  EndedRow.extend({ status: z.enum(endedStatuses) }),
]);
