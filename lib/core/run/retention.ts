const DAY_MS = 24 * 3600 * 1000;

/** How long stores keep what has no `expiresAt` of its own: deliveries, decisions, launches past their deadline, ended machines. */
export const recordsKeptMs = 30 * DAY_MS;

/** Adoptions outlast the longest wait for an approval (GitHub gives up after 30 days), or a job would get a second run. */
export const adoptionsKeptMs = 90 * DAY_MS;
