import type { NeedResult } from "../forge.ts";
import type { Run } from "../run/run.ts";

/**
 * The `needs` context of a job: per job id one result and its outputs, however many runs a matrix made of it.
 *
 * One run that did not succeed decides: failure before cancelled before skipped. Outputs of later combinations win.
 *
 * @param needed the runs that `run.needs` names, as far as they are known
 */
export function needResults(run: Pick<Run, "needs">, needed: readonly Run[]): Record<string, NeedResult> {
  const results: Record<string, NeedResult> = {};
  const byKey = new Map(needed.map((one) => [one.key, one]));
  for (const { key, job } of run.needs) {
    const one = byKey.get(key);
    const earlier = results[job];
    const outputs = one && "outputs" in one ? one.outputs : undefined;
    results[job] = {
      result: worse(earlier?.result, one ? resultOf(one) : "failure"),
      outputs: { ...earlier?.outputs, ...outputs },
    };
  }
  return results;
}

const worstFirst = ["failure", "cancelled", "skipped", "success"];

function worse(a: string | undefined, b: string): string {
  return a !== undefined && worstFirst.indexOf(a) < worstFirst.indexOf(b) ? a : b;
}

function resultOf(run: Run): string {
  switch (run.status) {
    case "completed":
      return run.conclusion ?? "success";
    case "cancelled":
    case "skipped":
      return run.status;
    default:
      return "failure";
  }
}
