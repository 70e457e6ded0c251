/**
 * Whose rules: GitHub's, or Gitea's of a given version. One engine, and every place where they differ asks here.
 */
export type Dialect =
  | { readonly forge: "github" }
  | { readonly forge: "gitea"; readonly version: readonly [major: number, minor: number, patch: number] };

/** What we assume of a Gitea that has not told its version, and of a bare repository with `.gitea/workflows`. */
export const newestGitea: Dialect = { forge: "gitea", version: [1, 26, 3] };

export const github: Dialect = { forge: "github" };

/** Is this a Gitea of at least that version? GitHub is never. */
export function giteaFrom(dialect: Dialect, major: number, minor: number, patch = 0): boolean {
  if (dialect.forge !== "gitea") return false;
  const [a, b, c] = dialect.version;
  if (a !== major) return a > major;
  if (b !== minor) return b > minor;
  return c >= patch;
}

/** `1.25.4`, `v1.26.0+dev-12-gabc` → a version; undefined where there are no three leading numbers. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const found = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (!found) return undefined;
  return [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}
