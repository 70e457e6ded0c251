import { writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { RunnerOrder } from "./machine/registration.ts";
import { jobLog } from "./runner/job-log.ts";
import { runJob } from "./runner/run-job.ts";
import { killAllScripts } from "./runner/run-script.ts";

/**
 * The built-in runner: one job, in a process of its own that its supervisor started.
 *
 * in:  one line of JSON on standard input (RunnerOrder), which then stays open; the workspace as working directory, $TMPDIR
 * out: the job's log on standard output; its result as JSON on file descriptor 3; exit code 0 unless the runner itself failed
 */
const exitCodes = { success: 0, skipped: 0, failure: 1, cancelled: 1 } as const;

/** Its supervisor is gone, or wants an end: nothing of the job may go on. */
function endNow(): never {
  killAllScripts();
  process.exit(143);
}

for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, endNow);

const lines = createInterface({ input: process.stdin });
lines.once("close", endNow);
lines.once("line", async (line) => {
  const log = jobLog((text) => process.stdout.write(`${text}\n`));
  const place = { workspace: process.cwd(), temp: join(process.env.TMPDIR ?? "/tmp", "runner") };
  const result = await runJob(RunnerOrder.parse(JSON.parse(line)), place, log);
  writeSync(3, JSON.stringify(result));
  process.exit(exitCodes[result.conclusion]);
});
