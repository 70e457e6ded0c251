/**
 * Why something was decided, for a person to read and a program to count.
 *
 * `code` is stable kebab-case (`paths-ignored`, `no-profile`); `text` is one sentence without a full stop's worth of jargon;
 * the place is that of the line in the workflow file which decided.
 */
export interface Reason {
  readonly code: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
