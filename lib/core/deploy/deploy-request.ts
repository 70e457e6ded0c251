const webOrigin = "https://[a-z0-9.-]+(:[0-9]+)?";
const webPath = "/[A-Za-z0-9/._~%=&?-]+";

/**
 * The words of a deploy command and their grammar: what a caller may ask for, and nothing else.
 *
 * Each pattern is written so that JavaScript, Java (the SSM service), RE2 (its agent) and POSIX (deployctl) read it alike:
 * explicit classes, bounded repetition, no look-around. All four check; none trusts the others. A value that is not given travels as `-`.
 */
export const grammar = {
  op: "(deploy|rollback)",
  app: "[a-z][a-z0-9-]{0,30}",
  env: "(dev|staging|prod|pr-[1-9][0-9]{0,8}|edge-[a-z0-9]{1,20})",
  tag: "(sha-[0-9a-f]{7}|latest|main|v?(0|[1-9][0-9]{0,5})([.](0|[1-9][0-9]{0,5})){2})",
  digest: "sha256:[0-9a-f]{64}",
  commit: "[0-9a-f]{40}",
  id: "[0-9a-f]{32}",
  fence: "[1-9][0-9]{0,14}",
  notAfter: "[1-9][0-9]{9}",
  mode: "(normal|force)",
  // Of a length that only its readers bound (MAX_ADDRESS): counting so far takes POSIX readers minutes.
  bundle: `(${webOrigin}|file://)${webPath}`,
} as const;

/** A bundle's address in a command from elsewhere: a sender has no say in which of a target's own files is read. */
export const bundleOverWeb = `${webOrigin}${webPath}`;

export type Word = keyof typeof grammar;

const whole = Object.fromEntries(
  Object.entries(grammar).map(([word, pattern]) => [word, new RegExp(`^(?:${pattern})$`)]),
) as Record<Word, RegExp>;

/** Longest address of a bundle, in characters. */
export const MAX_ADDRESS = 4096;

/** Is this text a whole, well-formed word of that kind? */
export function fits(word: Word, text: string): boolean {
  return text.length <= MAX_ADDRESS && whole[word].test(text);
}

/** What a release is called: a tag for people, a digest and a commit for proof. */
export interface Release {
  readonly tag: string;
  /** Of the image index, or of the bundle: `sha256:…`. */
  readonly digest?: string;
  /** 40 hex digits. */
  readonly commit?: string;
}

/** A tag that begins with `sha-` says which commit it is of: does it say the one that is named beside it? */
export function isTagOf(tag: string, commit: string): boolean {
  return !tag.startsWith("sha-") || commit.startsWith(tag.slice(4));
}
