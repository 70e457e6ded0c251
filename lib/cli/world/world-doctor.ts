import { accessFailure } from "../../aws/access-failure.ts";
import { checkCredentials, checkQuota, checkSpotRole } from "../../aws/doctor/account.ts";
import { type DoctorClients, doctorClients } from "../../aws/doctor/clients.ts";
import { checkDoor } from "../../aws/doctor/door.ts";
import { checkBuckets, checkRepositories } from "../../aws/doctor/grants.ts";
import { checkEgress, checkImage, checkTemplates } from "../../aws/doctor/machines.ts";
import { checkNetwork } from "../../aws/doctor/network.ts";
import { checkParameter, holdsKey, parametersOf, readParameters } from "../../aws/doctor/secrets.ts";
import * as stackChecks from "../../aws/doctor/stack.ts";
import { type DeployedStack, findStack } from "../../aws/stack-outputs.ts";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { egressOf } from "../../core/config/egress.ts";
import { WorldError } from "../../core/errors.ts";
import { type Check, inRegion } from "../../core/report/checkup.ts";
import { checkForge, checkHook } from "../../forges/check-forge.ts";
import { forgesOf } from "../../forges/forges-of.ts";
import { configVersion, sourceVersion } from "../source-version.ts";
import { checkVersions } from "../stack/doctor-versions.ts";
import type { StackExam } from "../stack/stack-exam.ts";

const now = () => Date.now();

/** Everything about a stack, with the caller's own AWS credentials; one thing that cannot be looked at never stops the rest. */
export async function examineStack(asked: StackExam): Promise<void> {
  const { file } = asked;
  const region = file.stack.region ?? "";
  const tell: StackExam["tell"] = (checks) => asked.tell(checks.map((check) => inRegion(check, region)));
  const exam = { ...asked, tell };
  const clients = doctorClients(region, exam.environment);
  const [who] = await looked("credentials", async () => [await checkCredentials(clients)]);
  if (who) tell([who]);
  if (who?.verdict !== "ok") return;
  tell(await looked("stack", () => examineAccount(clients, file)));
  tell(await looked("secrets", () => examineSecrets(clients, file)));
  tell(
    await looked("stack", async () => {
      const stack = await findStack(clients.cloudformation, file.stack.name);
      tell([stackChecks.checkStack(file.stack.name, region, stack)]);
      if (stack) await examineDeployed(exam, clients, stack);
      return [];
    }),
  );
}

async function examineDeployed(exam: StackExam, clients: DoctorClients, stack: DeployedStack): Promise<void> {
  const { file, checkout, tell } = exam;
  const output = (name: string) => stack.outputs.get(name) ?? "";
  const resources = await stackChecks.resourcesOf(clients.cloudformation, file.stack.name);
  const ids = (type: string, prefix?: string) => stackChecks.idsOf(resources, type, prefix);
  const each = async (name: string, look: () => Promise<Check>) => tell(await looked(name, async () => [await look()]));

  tell([stackChecks.checkDrift(stack, { version: sourceVersion(checkout), config: configVersion(file) })]);
  tell([checkVersions(checkout, now())]);
  await each("table", () => stackChecks.checkTable(clients, output("TableName")));
  await each("stale-runs", () => stackChecks.checkStaleRuns(clients, output("TableName"), now()));
  await each("queue", () => stackChecks.checkQueue(clients, output("QueueUrl")));
  await each("dead-letters", () => stackChecks.checkDeadLetters(clients, output("DeadLetterUrl")));
  await each("sweep", () => stackChecks.checkSweep(clients, ids("AWS::Lambda::Function", "Sweep")[0] ?? "", now()));
  await each("alarms", () => stackChecks.checkAlarms(clients, ids("AWS::CloudWatch::Alarm")));
  await each("launch-templates", () => checkTemplates(clients.ec2, ids("AWS::EC2::LaunchTemplate")));
  for (const profile of file.profiles) {
    const [pipeline] = ids("AWS::ImageBuilder::ImagePipeline", `Image${profile.architecture}`);
    const built = { name: file.stack.name, pipeline };
    await each(`image ${profile.name}`, () => checkImage(clients, built, profile, now()));
    const group = ids("AWS::EC2::SecurityGroup", `Profile${profile.name.replaceAll("-", "")}Group`)[0];
    await each(`egress ${profile.name}`, () =>
      checkEgress(clients.ec2, group, { ...profile, egress: egressOf(file, profile) }),
    );
  }
  const subnets = file.stack.network?.subnets ?? ids("AWS::EC2::Subnet");
  tell(await looked("network", () => checkNetwork(clients.ec2, subnets)));
  const forges = file.forges.map(({ name }) => name);
  tell(await looked("runner-api", () => checkDoor(output("WebhookAddress"), forges, now)));
  await examineForges(exam, clients, output("WebhookAddress"));
  await examineGrants(exam, clients);
}

async function examineAccount(clients: DoctorClients, { profiles }: ConfigFile): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const spot = profiles.some(({ market }) => market === "spot");
  const onDemand = profiles.some(({ market, onDemandFallback }) => market === "on-demand" || onDemandFallback);
  if (spot) {
    checks.push(...(await looked("spot-quota", async () => [await checkQuota(clients, "spot", profiles)])));
    checks.push(...(await looked("spot-role", async () => [await checkSpotRole(clients)])));
  }
  if (onDemand)
    checks.push(...(await looked("on-demand-quota", async () => [await checkQuota(clients, "on-demand", profiles)])));
  return checks;
}

async function examineSecrets({ ssm }: DoctorClients, file: ConfigFile): Promise<readonly Check[]> {
  const names = parametersOf(file);
  const found = await readParameters(ssm, names);
  return names.map((name) => checkParameter(name, found.get(name), holdsKey(file, name)));
}

async function examineForges(
  { file, repos, tell }: StackExam,
  { ssm }: DoctorClients,
  webhooks: string,
): Promise<void> {
  const forges = forgesOf(file, async (name) => (await readParameters(ssm, [name])).get(name)?.Value);
  for (const entry of file.forges) {
    const forge = forges.get(entry.name);
    if (!forge) continue;
    const token = entry.token ?? entry.app?.key ?? "its parameter";
    tell(await looked(`forge ${entry.name}`, () => checkForge({ ...entry, token }, forge)));
    const named = entry.allow.filter((glob) => /^[\w.-]+\/[\w.-]+$/.test(glob));
    for (const repo of new Set([...repos, ...named])) {
      const hook = { name: entry.name, repo, url: `${webhooks}${entry.name}` };
      tell(
        await looked(`hook ${entry.name} ${repo}`, async () =>
          [await checkHook(hook, forge)].filter((one) => one !== undefined),
        ),
      );
    }
  }
}

async function examineGrants({ file, environment, tell }: StackExam, { ecr }: DoctorClients): Promise<void> {
  const endpoint = environment.AWS_ENDPOINT_URL_S3;
  const address = (bucket: string) =>
    endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${file.stack.region}.amazonaws.com/`;
  for (const grant of file.grants) {
    tell(await looked(`grant ${grant.name}`, () => checkBuckets(grant, address)));
    tell(await looked(`grant ${grant.name}`, () => checkRepositories(grant, ecr)));
  }
}

/** What cannot be looked at is said with its cure, like everything else. */
async function looked(name: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    const failure = accessFailure(error);
    const text = failure?.text ?? (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    const cure = failure?.cure ?? "Look again; if it stays, this is a defect of doctor's: please report it.";
    const isCredentials = name === "credentials" && failure !== undefined && failure.kind !== "unreachable";
    if (error instanceof WorldError && !failure)
      return [{ name, verdict: "unknown", text: error.message, cure: "Look again in a minute." }];
    return [{ name, verdict: isCredentials ? "bad" : "unknown", text, cure }];
  }
}
