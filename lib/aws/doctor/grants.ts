import type { ConfigFile } from "../../core/config/config-file.ts";
import { WorldError } from "../../core/errors.ts";
import { bad, type Check, ok } from "../../core/report/checkup.ts";
import type { JsonApi } from "../json-api.ts";

type Grant = ConfigFile["grants"][number];

const timeoutMs = 10_000;

/** Are the buckets of a grant there? S3 tells anybody: 404 is none, 403 is one that is not shown. */
export async function checkBuckets(grant: Grant, address: (bucket: string) => string): Promise<readonly Check[]> {
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

/** Are the image repositories of a grant there, in this account and region? A push makes none. */
export async function checkRepositories(grant: Grant, ecr: JsonApi): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const repository of grant.to.ecr) {
    const name = `repository ${repository}`;
    const found = await isThere(ecr, repository);
    const cure = `aws ecr create-repository --repository-name ${repository}, or mend its name.`;
    const text = `grant ${grant.name} is for an image repository that does not exist here`;
    checks.push(found ? ok(name, "is there") : bad(name, text, cure));
  }
  return checks;
}

async function isThere(ecr: JsonApi, repository: string): Promise<boolean> {
  try {
    await ecr.call("DescribeRepositories", { repositoryNames: [repository] });
    return true;
  } catch (error) {
    if (error instanceof WorldError && error.message.endsWith("RepositoryNotFoundException")) return false;
    throw error;
  }
}
