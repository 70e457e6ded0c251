import * as z from "zod/mini";

const BuiltinJob = z.object({
  runKey: z.string(),
  attempt: z.int(),
  repo: z.string(),
  event: z.string(),
  ref: z.string(),
  before: z.string(),
  sha: z.string(),
  sender: z.string(),
  workflow: z.string(),
  job: z.string(),
  matrixIndex: z.optional(z.int()),
});

const Need = z.object({ result: z.string(), outputs: z.record(z.string(), z.string()) });

/** What the built-in runner gets instead of a registration: where its job stands. */
export const BuiltinRegistration = z.object({
  kind: z.literal("builtin"),
  repository: z.string(),
  job: BuiltinJob,
  needs: z.record(z.string(), Need),
});
export type BuiltinRegistration = z.infer<typeof BuiltinRegistration>;

/** The one line that a supervisor writes to its runner. */
export const RunnerOrder = z.object({
  registration: BuiltinRegistration,
  /** Secret: it stands for the machine, and never appears in a log. */
  machineToken: z.string(),
  runnerName: z.string(),
});
export type RunnerOrder = z.infer<typeof RunnerOrder>;

/** The one JSON text that the runner writes to its file descriptor 3 when it is done. */
export const RunnerResult = z.object({
  conclusion: z.enum(["success", "failure", "cancelled", "skipped"]),
  outputs: z.record(z.string(), z.string()),
});
export type RunnerResult = z.infer<typeof RunnerResult>;
