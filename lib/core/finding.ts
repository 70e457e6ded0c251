import type { Position } from "./errors.ts";

/** Something that `dayfly lint` says about a place in a workflow file. */
export interface Finding {
  /** `problem`: the forge refuses the file. `trap`: it takes it, and does something else than the reader thinks. */
  readonly kind: "problem" | "trap";
  /** Stable kebab-case. */
  readonly code: string;
  readonly file: string;
  readonly at?: Position;
  readonly text: string;
}
