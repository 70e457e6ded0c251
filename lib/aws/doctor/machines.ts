import {
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { imagesOf } from "../../core/config/images.ts";
import type { Instant } from "../../core/event.ts";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";
import type { JsonApi } from "../json-api.ts";
import { readParameters } from "./secrets.ts";

type ProfileEntry = ConfigFile["profiles"][number];

const deploy = "npx cdk deploy";

export async function checkTemplates(ec2: EC2Client, ids: readonly string[]): Promise<Check> {
  const name = "launch-templates";
  if (ids.length === 0) return bad(name, "the stack has none", deploy);
  try {
    const { LaunchTemplates = [] } = await ec2.send(
      new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [...ids] }),
    );
    if (LaunchTemplates.length === ids.length) return ok(name, `${ids.length} of ${ids.length}`);
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith("InvalidLaunchTemplateId"))) throw error;
  }
  const cure = `Somebody removed it: change that profile's \`disk\` by one and ${deploy}, which makes it anew.`;
  return bad(name, "a launch template of the stack is gone", cure);
}

/** Old images carry old runners, which GitHub refuses 30 days after a newer release. */
const oldImageDays = 45;

export async function checkImage(
  { ec2, ssm }: { readonly ec2: EC2Client; readonly ssm: JsonApi },
  stack: { readonly name: string; readonly pipeline: string | undefined },
  profile: ProfileEntry,
  now: Instant,
): Promise<Check> {
  const name = `image ${profile.name}`;
  const build = `aws imagebuilder start-image-pipeline-execution --image-pipeline-arn ${stack.pipeline ?? "<the pipeline>"}`;
  const names = imagesOf(stack.name, profile);
  const parameters = await readParameters(
    ssm,
    names.filter((one) => one.startsWith("/")),
  );
  const chosen = names.find((one) => one.startsWith("ami-") || parameters.has(one));
  if (chosen === undefined) return bad(name, `none of ${names.join(", ")} exists in this region`, build);
  const id = parameters.get(chosen)?.Value ?? chosen;
  const image = await findImage(ec2, id);
  if (!image) {
    const cure =
      profile.image === "own" ? build : `Set \`image\` of the profile to stock or to another id, then ${deploy}`;
    return bad(name, `image ${id} is not there`, cure);
  }
  const days = Math.max(0, Math.floor((now - Date.parse(image.CreationDate ?? "")) / 86_400_000));
  if (profile.image !== "own") return ok(name, `${id}, ${days} days old`);
  if (chosen !== names[0])
    return warning(name, "our own image is not built yet: machines boot the stock one, minutes slower", build);
  return days > oldImageDays ? warning(name, `${id} is ${days} days old`, build) : ok(name, `${id}, ${days} days old`);
}

async function findImage(ec2: EC2Client, id: string) {
  try {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
    return Images.find(({ State }) => State === "available");
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("InvalidAMIID")) return undefined;
    throw error;
  }
}

/** Are the groups still as they were made: nobody calls machines, and they call only what their profile says? */
export async function checkEgress(
  ec2: EC2Client,
  id: string | undefined,
  profile: { readonly name: string; readonly egress: readonly number[] },
): Promise<Check> {
  const name = `egress ${profile.name}`;
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: id ? [id] : [] }));
  const [group] = SecurityGroups;
  if (!group) return bad(name, "its security group is gone", deploy);
  if ((group.IpPermissions ?? []).length > 0)
    return bad(name, `somebody has opened a way in to its machines (${id})`, `Remove every inbound rule of ${id}.`);
  const closed = profile.egress.filter((port) => !(group.IpPermissionsEgress ?? []).some((rule) => opens(rule, port)));
  if (closed.length > 0)
    return bad(
      name,
      `its machines may not call port ${closed.join(", ")}`,
      `Remove the rules of ${id} by hand, then ${deploy}`,
    );
  return ok(name, `out to ${profile.egress.join(", ")}, nothing in`);
}

function opens({ IpProtocol, FromPort, ToPort, IpRanges = [] }: IpPermission, port: number): boolean {
  const anywhere = IpRanges.some(({ CidrIp }) => CidrIp === "0.0.0.0/0");
  return anywhere && (IpProtocol === "-1" || ((FromPort ?? 0) <= port && port <= (ToPort ?? 0)));
}
