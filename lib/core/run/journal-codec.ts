import * as z from "zod";
import { isoTime } from "../iso-time.ts";
import type { Concurrency } from "../plan/concurrency.ts";
import type { JobDecision, WorkflowDecision } from "../plan/decision.ts";
import type { Delivery, RecordedDecision, Repository } from "../ports.ts";
import type { Reason } from "../reason.ts";
import { type Row, readRow, type Shape } from "./row.ts";

/** Records of the journal as every store keeps them; a repository is two plain columns, `repoId` and `repo`. */
export function encodeDelivery({ repo, ...facts }: Delivery): Row {
  return { ...z.encode(DeliveryFacts, facts), repoId: repo.id, repo: repo.name };
}

/** @throws WorldError where the row is not one of ours, like the other readers here */
export function decodeDelivery(row: unknown): Delivery {
  return { ...readRow("delivery", DeliveryFacts, row), repo: repoOf(row) };
}

export function encodeDecision({ repo, ...facts }: RecordedDecision): Row {
  return {
    ...z.encode(DecisionFacts, facts),
    repoId: repo.id,
    repo: repo.name,
  };
}

export function decodeDecision(row: unknown): RecordedDecision {
  return { ...readRow("decision", DecisionFacts, row), repo: repoOf(row) };
}

export function encodeRepository({ id, name, ...facts }: Repository): Row {
  return { ...z.encode(RepositoryFacts, facts), repoId: id, repo: name };
}

export function decodeRepository(row: unknown): Repository {
  return { ...readRow("repository", RepositoryFacts, row), ...repoOf(row) };
}

function repoOf(row: unknown): { id: string; name: string } {
  const { repoId: id, repo: name } = readRow(
    "repository's name",
    z.object({ repoId: z.string(), repo: z.string() }),
    row,
  );
  return { id, name };
}

const text = z.string();

const DeliveryFacts = z.object({
  forge: text,
  id: text,
  event: text,
  at: isoTime,
  outcome: z.enum(["received", "planned", "ignored", "failed"]),
  reason: text.optional(),
} satisfies Shape<Omit<Delivery, "repo">>);

const ReasonRow = z.object({
  code: text,
  text,
  file: text.optional(),
  line: z.int().optional(),
  column: z.int().optional(),
} satisfies Shape<Reason>);

const ConcurrencyRow = z.object({ group: text, cancels: z.boolean().optional() } satisfies Shape<Concurrency>);

const JobRow = z.object({
  id: text,
  name: text,
  labels: z.array(text).readonly(),
  matrix: z.record(text, z.unknown()).optional(),
  matrixIndex: z.int().optional(),
  needs: z.array(text).readonly(),
  decision: z.enum(["launch", "wait", "skip", "undecided"]),
  reason: ReasonRow,
  timeoutMinutes: z.number().optional(),
  conditional: z.literal(true).optional(),
  concurrency: ConcurrencyRow.optional(),
  callGroups: z.array(ConcurrencyRow).readonly().optional(),
} satisfies Shape<JobDecision>);

const WorkflowRow = z.object({
  path: text,
  decision: z.enum(["run", "skip", "undecided", "invalid"]),
  reason: ReasonRow,
  concurrency: ConcurrencyRow.optional(),
  jobs: z.array(JobRow).readonly(),
} satisfies Shape<WorkflowDecision>);

const DecisionFacts = z.object({
  pushId: text,
  forge: text,
  event: text,
  ref: text,
  sha: text,
  sender: text,
  at: isoTime,
  decision: z.object({ workflows: z.array(WorkflowRow).readonly() }),
  compared: z.object({ kind: z.enum(["agreed", "differed"]), text }).optional(),
} satisfies Shape<Omit<RecordedDecision, "repo">>);

const RepositoryFacts = z.object({
  forge: text,
  sendsJobEvents: z.boolean(),
} satisfies Shape<Omit<Repository, "id" | "name">>);
