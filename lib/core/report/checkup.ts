/** One thing that `dayfly doctor` has looked at. */
export interface Check {
  /** Stable, for programs: `spot-quota`, `hook home acme/shop`. */
  readonly name: string;
  /** `bad`: runs will not start or end as they should · `warning`: they will, but not well · `unknown`: nobody could look. */
  readonly verdict: "ok" | "warning" | "bad" | "unknown";
  /** What was found, one sentence. */
  readonly text: string;
  /** What mends it, one sentence or a command; wherever the verdict is not `ok`. */
  readonly cure?: string;
}

export function ok(name: string, text: string): Check {
  return { name, verdict: "ok", text };
}

export function warning(name: string, text: string, cure: string): Check {
  return { name, verdict: "warning", text, cure };
}

export function bad(name: string, text: string, cure: string): Check {
  return { name, verdict: "bad", text, cure };
}

/** The cure's calls of AWS's command line name the region that was looked at: whoever pastes them may have another one set. */
export function inRegion(check: Check, region: string): Check {
  if (check.cure === undefined) return check;
  return {
    ...check,
    cure: check.cure.replace(/\baws (?=(?!sso |configure)[a-z0-9-]+ [a-z])/g, `aws --region ${region} `),
  };
}

/** 1: something is bad · 3: nothing is, but not everything could be looked at · 0: all is well, warnings apart. */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (checks.some(({ verdict }) => verdict === "bad")) return 1;
  return checks.some(({ verdict }) => verdict === "unknown") ? 3 : 0;
}
