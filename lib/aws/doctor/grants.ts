import type { ConfigFile } from "../../core/config/config-file.ts";
import { bad, type Check, ok } from "../../core/report/checkup.ts";

const timeoutMs = 10_000;

/** Are the buckets of a grant there? S3 tells anybody: 404 is none, 403 is one that is not shown. */
export async function checkBuckets(
  grant: ConfigFile["grants"][number],
  address: (bucket: string) => string,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const bucket of grant.to.s3) {
    const name = `bucket ${bucket}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const { status } = await fetch(address(bucket), { method: "HEAD", redirect: "manual", signal });
    checks.push(
      status === 404
        ? bad(
            name,
            `grant ${grant.name} is for a bucket that does not exist`,
            `aws s3 mb s3://${bucket}, or mend its name.`,
          )
        : ok(name, "is there"),
    );
  }
  return checks;
}
