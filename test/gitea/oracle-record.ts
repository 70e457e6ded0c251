import type { Envelope } from "../../lib/core/event.ts";
import type { ChangedFiles, WorkflowSource } from "../../lib/core/trigger/trigger-input.ts";

/** What a real server made of one push, and everything that the engine is told about that push. */
export interface OracleRecord {
  readonly rule: string;
  readonly note: string;
  readonly given: Given;
  /** Version → what that server made. */
  readonly made: Readonly<Record<string, readonly MadeRun[]>>;
}

export interface Given {
  readonly envelope: Envelope;
  readonly files: readonly WorkflowSource[];
  /** Full message of the commit that is searched for skip strings. */
  readonly message: string;
  readonly changed: ChangedFiles;
  readonly disabled?: readonly string[];
}

export interface MadeRun {
  /** Path below the workflow directory: what Gitea calls the workflow's id. */
  readonly workflow: string;
  readonly jobs: readonly MadeJob[];
}

export interface MadeJob {
  readonly name: string;
  readonly labels: readonly string[];
  readonly status: "queued" | "waiting";
}

/** The whole of test/cases/gitea-oracle.json. */
export interface Oracle {
  readonly recorded: Readonly<Record<string, { readonly date: string }>>;
  readonly cases: readonly OracleRecord[];
}
