import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "../../core/event.ts";
import { type Check, ok, warning } from "../../core/report/checkup.ts";

/** GitHub refuses runners 30 days after a newer release, and an image takes a day or two to be built. */
const staleDays = 21;

/** When did somebody last look for newer runners? */
export function checkVersions(checkout: string, now: Instant): Check {
  const text = readFileSync(join(checkout, "runner-ami", "versions.env"), "utf8");
  const checked = /^VERSIONS_CHECKED=(\d{4}-\d{2}-\d{2})$/m.exec(text)?.[1] ?? "1970-01-01";
  const days = Math.max(0, Math.floor((now - Date.parse(checked)) / 86_400_000));
  const found = `the machines' versions were looked at ${days} days ago`;
  if (days <= staleDays) return ok("versions", found);
  return warning("versions", found, "node scripts/run.mjs scripts/bump-versions.ts, then npx cdk deploy");
}
