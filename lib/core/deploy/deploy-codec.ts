import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import { type Row, readRow, type Shape } from "../run/row.ts";
import type { ApiToken } from "./api-token.ts";
import type { Deploy, DeployEntry, DeployFacts, Desired, Environment, Inspection, Observed } from "./deploy.ts";
import type { Release } from "./deploy-request.ts";
import { StepRow } from "./deploy-step-codec.ts";

/** A deploy as every store keeps it: `tag`, `commit`, `status` and `reason` under their plain names. */
export function encodeDeploy(deploy: Deploy): Row {
  const { reason, release, ...rest } = deploy;
  const flat = { reason: reason.text, reasonCode: reason.code, ...release };
  return { ...z.encode(DeployRow, rest), ...z.encode(InStatus, rest), ...flat };
}

/** @throws WorldError where the row is not one of ours */
export function decodeDeploy(row: unknown): Deploy {
  const what = `deploy ${(row as { id?: unknown } | undefined)?.id}`;
  const { reason: text, reasonCode: code, tag, digest, commit } = readRow(what, Flat, row);
  const facts = { ...readRow(what, DeployRow, row), ...readRow(what, InStatus, row), reason: { code, text } };
  return tag === undefined ? facts : { ...facts, release: { tag, digest, commit } };
}

export function encodeEnvironment(environment: Environment): Row {
  return z.encode(EnvironmentRow, environment);
}

/** @throws WorldError where the row is not one of ours */
export function decodeEnvironment(row: unknown): Environment {
  const { app, env } = (row ?? {}) as { app?: unknown; env?: unknown };
  return readRow(`environment ${app}/${env}`, EnvironmentRow, row);
}

export function encodeToken(token: ApiToken): Row {
  return z.encode(TokenRow, token);
}

/** @throws WorldError where the row is not one of ours */
export function decodeToken(row: unknown): ApiToken {
  return readRow(`API token ${(row as { name?: unknown } | undefined)?.name}`, TokenRow, row);
}

/** @throws WorldError where the row is not one of ours */
export function decodeEntry(row: unknown): DeployEntry {
  return readRow("entry of a deploy", EntryRow, row);
}

export function encodeEntry(entry: DeployEntry): Row {
  return z.encode(EntryRow, entry);
}

const text = z.string();
const op = z.enum(["deploy", "rollback"]);

const EntryRow = z.object({ version: z.int(), at: isoTime, text } satisfies Shape<DeployEntry>);

const ReleaseRow = z.object({
  tag: text,
  digest: text.optional(),
  commit: text.optional(),
} satisfies Shape<Release>);

const Flat = z.object({ ...ReleaseRow.partial().shape, reason: text, reasonCode: text });

const DeployRow = z.object({
  id: text,
  app: text,
  env: text,
  op,
  force: z.boolean(),
  fence: z.int(),
  steps: z.array(StepRow).readonly(),
  by: text,
  approvedBy: text.optional(),
  createdAt: isoTime,
  deadline: isoTime,
  nextAction: text.optional(),
  dueAt: isoTime.optional(),
  history: z.array(EntryRow).readonly(),
  version: z.int(),
} satisfies Shape<Omit<DeployFacts, "reason" | "release">>);

const InStatus = z.discriminatedUnion("status", [
  z.object({ status: z.literal("waiting") }),
  z.object({ status: z.literal("pending") }),
  z.object({ status: z.literal("running") }),
  z.object({
    status: z.enum(["deployed", "rolled-back", "failed", "refused", "superseded", "expired", "unknown"]),
    endedAt: isoTime,
  }),
]);

const ObservedRow = z.object({
  release: ReleaseRow.partial().optional(),
  condition: z.enum(["verified", "broken", "stopped", "drifted"]),
  fence: z.int(),
  from: z.enum(["result", "inspection"]),
  at: isoTime,
} satisfies Shape<Observed>);

const EnvironmentRow = z.object({
  app: text,
  env: text,
  fence: z.int(),
  desired: z
    .object({
      deployId: text,
      op,
      release: ReleaseRow.optional(),
      fence: z.int(),
      by: text,
      at: isoTime,
    } satisfies Shape<Desired>)
    .optional(),
  observed: z.record(text, ObservedRow),
  operation: text.optional(),
  inspections: z.record(text, z.object({ commandId: text.optional(), since: isoTime } satisfies Shape<Inspection>)),
  version: z.int(),
} satisfies Shape<Environment>);

const TokenRow = z.object({
  name: text,
  hash: text,
  app: text,
  env: text,
  createdAt: isoTime,
  expiresAt: isoTime,
  revokedAt: isoTime.optional(),
} satisfies Shape<ApiToken>);
