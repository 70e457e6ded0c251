import { GetRoleCommand } from "@aws-sdk/client-iam";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";
import { vcpusOf } from "../../core/report/vcpus.ts";
import type { DoctorClients } from "./clients.ts";

/** Who asks; everything else needs it. */
export async function checkCredentials({ sts }: DoctorClients): Promise<Check> {
  const { Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return ok("credentials", Arn);
}

const quotas = {
  spot: { code: "L-34B43A08", what: "Spot vCPUs" },
  "on-demand": { code: "L-1216C47A", what: "On-Demand vCPUs" },
} as const;

/** May as many machines run at a time as the profiles allow? A new account has five vCPUs or so. */
export async function checkQuota(
  { quotas: client }: DoctorClients,
  market: keyof typeof quotas,
  profiles: ConfigFile["profiles"],
): Promise<Check> {
  const name = `${market}-quota`;
  const { code, what } = quotas[market];
  const found = await client.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: code }));
  const quota = found.Quota?.Value ?? 0;
  const concerned = profiles.filter((profile) => profile.market === market || profile.onDemandFallback);
  const most = Math.max(...concerned.flatMap(({ types }) => types.map(vcpusOf)));
  const wanted = concerned.reduce(
    (sum, { types, limits }) => sum + limits.machines * Math.max(...types.map(vcpusOf)),
    0,
  );
  const cure =
    `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} ` +
    `--desired-value ${Math.max(wanted, quota)}`;
  if (quota < most) return bad(name, `the quota of ${quota} ${what} is less than one machine of ${most}`, cure);
  const text = `${quota} ${what}; the profiles allow machines with ${wanted}`;
  return quota < wanted ? warning(name, `${text}: jobs will wait for each other`, cure) : ok(name, text);
}

/** Without this role of AWS's own an account's first Spot launch fails, unless the dispatcher may make it. */
export async function checkSpotRole({ iam }: DoctorClients): Promise<Check> {
  try {
    await iam.send(new GetRoleCommand({ RoleName: "AWSServiceRoleForEC2Spot" }));
    return ok("spot-role", "AWS's own role for Spot is there");
  } catch (error) {
    if (!(error instanceof Error && /^NoSuchEntity/.test(error.name))) throw error;
    return warning(
      "spot-role",
      "this account has never used Spot: the first launch has to make AWS's own role for it",
      "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
    );
  }
}
