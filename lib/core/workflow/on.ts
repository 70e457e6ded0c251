import type { Position, Problem } from "../errors.ts";
import type { PatternList, PatternText } from "../trigger/filter.ts";

/** One event below `on:` with what it asks for. */
export interface Trigger {
  readonly event: string;
  readonly at: Position;
  /** In the file's order; keys differ. */
  readonly filters: readonly Filter[];
  /** It stands for points in time: a list of `cron`s, and in Gitea any list below an event. */
  readonly isSchedule: boolean;
}

export interface Filter {
  /** `branches`, `paths-ignore`, `types`, … or a word that the forge does not know. */
  readonly key: string;
  readonly at: Position;
  readonly values: readonly PatternText[];
  /** Where the values are patterns. */
  readonly list?: PatternList;
}

export interface OnReading {
  readonly triggers: readonly Trigger[];
  readonly problems: readonly Problem[];
}
