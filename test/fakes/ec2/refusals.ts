import type { Clock } from "../../../lib/core/ports.ts";
import type { Ec2Switches, FakeMachine, FleetRequest } from "./account.ts";
import { Refusal } from "./rules.ts";

/** What the whole request is refused for, before any pool is asked. */
export function checkRequest(switches: Ec2Switches, request: FleetRequest): void {
  const template = switches.templates.get(request.templateId);
  if (!template) throw new Refusal("missing-template", "InvalidLaunchTemplateId.NotFound");
  if (!template.versions.has(request.templateVersion)) {
    throw new Refusal("missing-template", "InvalidLaunchTemplateId.VersionNotFound");
  }
  if (request.overrides.some(({ subnet }) => subnet.includes(","))) throw new Refusal("one-subnet", "InvalidParameter");
}

/** What one pool answers instead of a machine. */
export function refusal(
  switches: Ec2Switches,
  machines: readonly FakeMachine[],
  request: FleetRequest,
  pool: { type: string; subnet: string; image: string },
): { code: string; message: string } | undefined {
  const [forced] = switches.forcedErrors;
  if (forced) return forced;
  const template = switches.templates.get(request.templateId);
  if (template?.tagsInMetadata && request.tags.some(({ key }) => /[/ ]/.test(key))) {
    return { code: "InvalidTagKey.Malformed", message: "a tag key that metadata cannot hold" };
  }
  if (!switches.images.has(pool.image)) {
    return { code: "InvalidAMIID.NotFound", message: `The image id '[${pool.image}]' does not exist` };
  }
  if (request.market === "spot" && switches.spotRole === "missing") {
    return {
      code: "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
      message:
        "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.",
    };
  }
  const live = machines.filter((one) => one.endedAt === undefined && one.market === request.market).length;
  if (request.market === "spot" && live >= switches.spotQuota) {
    return { code: "MaxSpotInstanceCountExceeded", message: "Max spot instance count exceeded" };
  }
  if (request.market === "on-demand" && live >= switches.onDemandQuota) {
    return { code: "VcpuLimitExceeded", message: "You have requested more vCPU capacity than your current limit" };
  }
  const left = switches.capacity.get(`${pool.type}/${pool.subnet}/${request.market}`);
  if (left !== undefined && left <= 0) {
    return { code: "InsufficientInstanceCapacity", message: `There is no capacity for ${pool.type} in ${pool.subnet}` };
  }
  return undefined;
}

export function tokenBucket(clock: Clock, switches: Ec2Switches): () => void {
  let level: number | undefined;
  let at = clock.now();
  return () => {
    const { bucket } = switches;
    if (!bucket) return;
    const now = clock.now();
    level = Math.min(bucket.depth, (level ?? bucket.depth) + ((now - at) / 1000) * bucket.perSecond);
    at = now;
    if (level < 1) throw new Refusal("throttling", "RequestLimitExceeded", 503);
    level -= 1;
  };
}
