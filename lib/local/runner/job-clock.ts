/** How long a job may take, and how long what cleans up after it. */
export interface JobClock {
  /** Has the job's time run out? Then only steps that ask for it still run. */
  isOver(): boolean;
  /** Fires when the present part of the job has to end; `limit` (milliseconds) may make it sooner. */
  signal(limit?: number): AbortSignal;
}

/** Steps with `if: always()` of a job whose time is over share this. */
const cleanUpMilliseconds = 300_000;

export function jobClock(limitMilliseconds: number): JobClock {
  const job = AbortSignal.timeout(limitMilliseconds);
  let cleanUp: AbortSignal | undefined;

  function present(): AbortSignal {
    if (!job.aborted) return job;
    cleanUp ??= AbortSignal.timeout(cleanUpMilliseconds);
    return cleanUp;
  }
  return {
    isOver: () => job.aborted,
    signal: (limit) => (limit === undefined ? present() : AbortSignal.any([present(), AbortSignal.timeout(limit)])),
  };
}
