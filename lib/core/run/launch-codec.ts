import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import type { Launch, LaunchedMachine, LaunchOutcome, Shortage } from "./launch.ts";
import { type Row, readRow, type Shape } from "./row.ts";

/** A launch as every store keeps it: flat, `outcome` in one word beside what came of it. */
export function encodeLaunch({ outcome, ...facts }: Launch): Row {
  const machines = outcome.kind === "launched" ? outcome.machines : undefined;
  const shortage = outcome.kind === "reserved" ? undefined : outcome.shortage;
  return { ...z.encode(Facts, facts), outcome: outcome.kind, machines, shortage };
}

/** @throws WorldError where the row is not one of ours */
export function decodeLaunch(row: unknown): Launch {
  const what = `launch ${(row as { id?: unknown } | undefined)?.id}`;
  const { outcome: kind, machines, shortage } = readRow(what, FlatOutcome, row);
  return { ...readRow(what, Facts, row), outcome: outcomeOf(what, { kind, machines, shortage }) };
}

function outcomeOf(what: string, flat: object): LaunchOutcome {
  return readRow(what, Outcome, flat);
}

const text = z.string();
const market = z.enum(["spot", "on-demand"]);
const texts = z.array(text).readonly();

const MachineRow = z.object({
  instanceId: text,
  instanceType: text.optional(),
  zone: text.optional(),
  market: market.optional(),
} satisfies Shape<LaunchedMachine>);

const ShortageRow = z.object({
  class: z.enum(["pool", "account", "throttled", "permanent"]),
  code: text,
  text,
} satisfies Shape<Shortage>);

const Outcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reserved") }),
  z.object({ kind: z.literal("launched"), machines: z.array(MachineRow).readonly(), shortage: ShortageRow.optional() }),
  z.object({ kind: z.literal("none"), shortage: ShortageRow }),
]);

const FlatOutcome = z.object({ outcome: text, machines: z.unknown().optional(), shortage: z.unknown().optional() });

const Plan = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("local") }),
  z.object({
    kind: z.literal("ec2"),
    imageId: text,
    templateId: text,
    templateVersion: text,
    types: texts,
    subnets: texts,
    market,
  }),
]);

const Facts = z.object({
  id: text,
  token: text,
  profile: text,
  scope: text,
  forge: text,
  count: z.int(),
  runKeys: texts,
  plan: Plan,
  createdAt: isoTime,
  launchBy: isoTime,
  deadline: isoTime,
  version: z.int(),
} satisfies Shape<Omit<Launch, "outcome">>);
