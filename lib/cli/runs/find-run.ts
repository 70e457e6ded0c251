import type { Runs } from "../../core/ports.ts";
import type { Run } from "../../core/run/run.ts";
import { CommandError } from "../command.ts";

const SEARCHED = 1000;

/** The run of that key, or the only recent one whose key begins so. */
export async function findRun(runs: Pick<Runs, "get" | "list">, key: string): Promise<Run> {
  const exact = await runs.get(key);
  if (exact) return exact;
  const begun = key === "" ? [] : (await runs.list({ limit: SEARCHED })).filter((run) => run.key.startsWith(key));
  const [only] = begun;
  if (only && begun.length === 1) return only;
  const what = begun.length > 1 ? `${begun.length} runs have a key that begins with` : "there is no run";
  throw new CommandError(`${what} ${key}`, {
    where:
      begun.length > 1
        ? begun
            .slice(0, 5)
            .map((run) => `${run.key} ${run.jobName}`)
            .join("\n      ")
        : `the last ${SEARCHED} runs`,
    remedy: begun.length > 1 ? "Give more digits of the key." : "`dayfly runs` lists them with their keys.",
    exitCode: 2,
  });
}
