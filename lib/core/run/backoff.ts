const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 300;

/**
 * Seconds to wait before the next try: full jitter below a doubling bound, so that many that failed together do not return together.
 *
 * @param failures tries that have failed so far, from 1
 * @param fraction uniform in [0, 1)
 */
export function backoffSeconds(failures: number, fraction: number): number {
  const bound = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (failures - 1));
  return Math.ceil(1 + fraction * (bound - 1));
}
