import { minimatch } from "minimatch";

/**
 * May this repository use us? Globs of `owner/name` as a shell writes them, compared without case, as forges treat names.
 * No globs: all may.
 */
export function isAllowed(globs: readonly string[], repository: string): boolean {
  return (
    globs.length === 0 ||
    globs.some((glob) => minimatch(repository, glob, { nocase: true, nonegate: true, nocomment: true }))
  );
}
