import type { Envelope } from "../event.ts";
import { hashOf } from "../hash.ts";

/**
 * A run's key is its demand: the same demand told twice, by any delivery, has the same key and so makes one row.
 * 32 hex digits; an id of an id's length is enough, because keys only ever meet keys of one stack.
 */
export function keyOfJob(forge: string, repoId: string, jobId: string, forgeTry: number): string {
  return short("job", forge, repoId, jobId, String(forgeTry));
}

export interface PlannedJob {
  readonly forge: string;
  readonly repoId: string;
  readonly pushId: string;
  readonly workflow: string;
  readonly job: string;
  readonly matrixIndex: number;
}

export function keyOfPlannedJob(planned: PlannedJob): string {
  const { forge, repoId, pushId, workflow, job, matrixIndex } = planned;
  return short("plan", forge, repoId, pushId, workflow, job, String(matrixIndex));
}

/** A rerun that a person asks for has no new event: it is keyed by the run that it repeats. */
export function keyOfRetry(ofKey: string): string {
  return short("retry", ofKey);
}

/** What was given up stands among the runs under a key of its own: it never keeps a later demand from having its row. */
export function keyOfDeadLetter(forge: string, deliveryId: string): string {
  return short("dead-letter", forge, deliveryId);
}

/**
 * Which event this is, whoever tells of it how often: the spool's number for plain git,
 * else what the event says. A redelivery by hand has a new delivery id and the same identity.
 */
export function identityOf(envelope: Envelope): string {
  const { forge, repo, pushId, event, action = "", ref = "", before = "", after = "", pr } = envelope;
  if (pushId !== undefined) return short("spool", forge, repo.id, pushId);
  return short("event", forge, repo.id, event, action, ref, before, after, pr?.number ?? "", pr?.headSha ?? "");
}

function short(...parts: string[]): string {
  return hashOf(parts).slice(0, 32);
}
