import { gunzipSync, gzipSync } from "node:zlib";
import { isoOf } from "../../core/iso-time.ts";
import type { RecordedDecision } from "../../core/ports.ts";
import { decodeDecision, encodeDecision } from "../../core/run/journal-codec.ts";
import type { Row } from "../../core/run/row.ts";
import { expiryAfter } from "./store-expiry.ts";
import type { Item } from "./store-table.ts";

/** An item holds at most 400 KB, names and indexes included. */
const LARGEST_BYTES = 300_000;
const SHOWN_WORKFLOWS = 50;

/**
 * A matrix of four thousand jobs makes a decision of a megabyte: it is kept compressed, beside a summary that a person can read.
 * Where even that is too large the jobs are left out, and each workflow's reason says so.
 */
export function decisionItem(decision: RecordedDecision): Item {
  const { decision: whole, ...facts } = encodeDecision(decision);
  const packed = gzipSync(JSON.stringify(whole));
  if (packed.length > LARGEST_BYTES) return decisionItem(withoutJobs(decision));
  return {
    ...facts,
    record: decisionKey(decision),
    listKind: "decision",
    listOrder: `${isoOf(decision.at)}#${decision.pushId}`,
    workflows: decision.decision.workflows.slice(0, SHOWN_WORKFLOWS).map(summaryOf),
    packed,
    expiry: expiryAfter(decision.at),
  };
}

/** @throws WorldError where the row is not one of ours */
export function readDecision(row: unknown): RecordedDecision {
  const { packed, ...facts } = row as Row;
  return decodeDecision({ ...facts, decision: unpack(packed) });
}

/** Whatever cannot be unpacked is left to the codec, which says what is missing. */
function unpack(packed: unknown): unknown {
  try {
    return packed instanceof Uint8Array ? JSON.parse(gunzipSync(packed).toString("utf8")) : undefined;
  } catch {
    return undefined;
  }
}

function decisionKey({ forge, pushId }: RecordedDecision): string {
  return `decision#${forge}#${pushId}`;
}

function summaryOf({ path, decision, reason }: RecordedDecision["decision"]["workflows"][number]): string {
  return `${path}: ${decision}, ${reason.text}`.slice(0, 500);
}

function withoutJobs(record: RecordedDecision): RecordedDecision {
  const workflows = record.decision.workflows.map((workflow) => {
    if (workflow.jobs.length === 0) return workflow;
    const text = `${workflow.reason.text} (${workflow.jobs.length} jobs, too many to keep)`;
    return { ...workflow, reason: { ...workflow.reason, text }, jobs: [] };
  });
  return { ...record, decision: { workflows } };
}
