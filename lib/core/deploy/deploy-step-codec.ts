import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import type { Shape } from "../run/row.ts";
import type { StepReport, Underway } from "./deploy.ts";
import { targetOutcomes } from "./target-report.ts";

const text = z.string();
const target = text;

const underway = { since: isoTime, notAfter: isoTime, sends: z.int() } satisfies Shape<Underway>;

const ReportRow = z.object({
  outcome: z.enum(targetOutcomes),
  exit: z.int(),
  reason: text,
  text,
  running: z.object({ tag: text, digest: text.optional(), commit: text.optional() }).optional(),
  phases: z.record(text, z.number()).optional(),
  tail: text.optional(),
} satisfies Shape<StepReport>);

/** What one deploy does on one target, as a store keeps it within the deploy's row. */
export const StepRow = z.discriminatedUnion("state", [
  z.object({ target, state: z.literal("idle"), since: isoTime.optional() }),
  z.object({ target, state: z.literal("sending"), ...underway }),
  z.object({ target, state: z.literal("sent"), commandId: text, ...underway }),
  z.object({
    target,
    state: z.literal("asking"),
    askingSince: isoTime,
    inspectionId: text.optional(),
    resend: z.boolean().optional(),
    ...underway,
  }),
  z.object({
    target,
    state: z.literal("done"),
    at: isoTime,
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("reported"), report: ReportRow }),
      z.object({ kind: z.literal("never-ran"), text }),
      z.object({ kind: z.literal("unknown"), text }),
    ]),
  }),
]);
