import type { Environment, Observed } from "./deploy.ts";
import type { TargetReport } from "./target-report.ts";

/**
 * What a target's word changes in what we know of it: the same environment when nothing.
 *
 * Never from a wish, never from a report of another place, and never backwards: a report under a lower fence, or of an earlier
 * moment by the target's own clock, is history.
 * While a deploy is at work there, what an inspection sees is neither the old nor the new.
 */
export function observe(environment: Environment, target: string, report: TargetReport): Environment {
  if (report.app !== environment.app || report.env !== environment.env) return environment;
  const known = environment.observed[target];
  const observed = (known && forgotten(known, report)) ?? observedIn(report);
  if (!observed || (known && isNewer(known, observed))) return environment;
  return { ...environment, observed: { ...environment.observed, [target]: observed } };
}

/**
 * A target that was deployed to and has no record any more, its disk gone or its folder taken away: its fence has begun anew, so
 * only its clock says that this is later. What runs there now is nobody's deploy.
 */
function forgotten(known: Observed, { op, fence, condition, seen, operation, at }: TargetReport): Observed | undefined {
  const isLost = op === "status" && fence === 0 && condition === "none" && known.fence > 0 && at * 1000 > known.at;
  if (!isLost || !seen || operation) return undefined;
  const found = { fence: known.fence, from: "inspection", at: at * 1000 } as const;
  if (seen.condition !== "drifted") return { ...found, condition: "stopped" };
  return { ...found, condition: "drifted", ...(seen.running ? { release: seen.running } : {}) };
}

function isNewer(known: Observed, observed: Observed): boolean {
  return known.fence > observed.fence || (known.fence === observed.fence && known.at > observed.at);
}

function observedIn(report: TargetReport): Observed | undefined {
  const { seen, running, fence, condition } = report;
  const at = report.at * 1000;
  if (report.op === "deploy" || report.op === "rollback") {
    if (condition === "none" || report.exit === 3) return undefined;
    return {
      condition,
      fence,
      from: "result",
      at,
      ...(running && condition !== "stopped" ? { release: running } : {}),
    };
  }
  if (!seen || seen.condition === "none" || report.operation) return undefined;
  const release = seen.condition === "drifted" || seen.condition === "stopped" ? seen.running : running;
  return { condition: seen.condition, fence, from: "inspection", at, ...(release ? { release } : {}) };
}
