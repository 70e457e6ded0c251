import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import type { Machine } from "./machine.ts";
import { type Row, readRow, type Shape } from "./row.ts";

/** A machine's record as every store keeps it. */
export function encodeMachine({ exit, ...facts }: Machine): Row {
  return { ...z.encode(Facts, facts), exitCause: exit?.cause, exitCode: exit?.code };
}

/** @throws WorldError where the row is not one of ours */
export function decodeMachine(row: unknown): Machine {
  const what = `machine ${(row as { instanceId?: unknown } | undefined)?.instanceId}`;
  const { exitCause: cause, exitCode: code } = readRow(what, FlatExit, row);
  const facts = readRow(what, Facts, row);
  return cause === undefined || code === undefined ? facts : { ...facts, exit: { cause, code } };
}

const text = z.string();

const FlatExit = z.object({
  exitCause: z.enum(["job-done", "idle", "spot", "deadline", "boot-failed", "crashed", "gone"]).optional(),
  exitCode: z.int().optional(),
});

const Facts = z.object({
  instanceId: text,
  launchId: text,
  runKey: text,
  serves: z.enum(["its-run", "any-job"]),
  servesKey: text.optional(),
  forge: text,
  scope: text,
  repoId: text,
  repo: text,
  profile: text,
  labels: z.array(text).readonly(),
  bootId: text,
  runnerName: text,
  runnerId: text.optional(),
  tokenHash: text,
  claimedAt: isoTime,
  deadline: isoTime,
  seenAt: isoTime.optional(),
  missingSince: isoTime.optional(),
  endedAt: isoTime.optional(),
  version: z.int(),
} satisfies Shape<Omit<Machine, "exit">>);
