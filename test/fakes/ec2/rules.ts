/**
 * What the fake of EC2 obeys, and where Amazon says so. Everything that a proof about launches rests on stands here;
 * a rule that no document decides is a switch of the fake, and whoever relies on it runs under each position.
 */
export const rules = {
  "token-replay": {
    says: "the same token with the same parameters starts nothing more",
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html",
    open: "what CreateFleet answers to it is not documented: switch `replay`",
  },
  "token-mismatch": {
    says: "the same token with other parameters is refused with IdempotentParameterMismatch",
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html",
  },
  "token-terminated": {
    says: "a token whose instances have been terminated may be refused with IdempotentInstanceTerminated",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    open: "documented for RunInstances; switch `replay: error` answers so",
  },
  "token-length": {
    says: "a token is at most 64 ASCII characters",
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html",
  },
  "instant-answer": {
    says: "a fleet of type instant answers with what it started, and with an error for each pool that gave nothing",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instant-fleet.html",
  },
  "one-subnet": {
    says: "an override of an instant request names one subnet",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FleetLaunchTemplateOverridesRequest.html",
  },
  "tags-in-call": {
    says: "TagSpecification of type instance tags the machines as they are started",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html",
  },
  "tag-keys-metadata": {
    says: "with tags in the metadata, a key with a slash or a space makes the launch fail",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html",
  },
  "eventual-consistency": {
    says: "what one call has started, the next one may not see yet",
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html",
    open: "for how long is not documented: switch `visibleAfter`",
  },
  throttling: {
    says: "calls that change something spend a bucket of tokens; an empty one answers RequestLimitExceeded with status 503",
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html",
    open: "CreateFleet's bucket: 5 deep, 2 a second, as measured by others",
  },
  "spot-quota": {
    says: "more Spot machines than the quota allows: MaxSpotInstanceCountExceeded",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
  },
  "on-demand-quota": {
    says: "more On-Demand machines than the quota allows: VcpuLimitExceeded",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
  },
  "first-spot": {
    says: "the first Spot call needs the service-linked role; without the right to create it the call fails",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html",
  },
  "missing-image": {
    says: "an image that does not exist: InvalidAMIID.NotFound",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
  },
  "missing-template": {
    says: "a template or version that does not exist: InvalidLaunchTemplateId.NotFound or .VersionNotFound",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
  },
  states: {
    says: "pending, running, stopped, shutting-down, terminated; a terminated machine is listed for about an hour",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html",
  },
  "terminate-all-or-none": {
    says: "one wrong id in TerminateInstances, and none is terminated; a terminated one is a success",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html",
  },
  paging: {
    says: "DescribeInstances takes MaxResults 5 to 1000 and hands out NextToken",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html",
  },
  filters: {
    says: "filter values are alternatives, with * and ? as wildcards and a backslash before a plain one",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html",
  },
} as const satisfies Record<string, { says: string; source: string; open?: string }>;

export type RuleName = keyof typeof rules;

/** A refusal of the API: which rule, and the code and status it is told by. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly status: number;

  constructor(rule: RuleName, code: string, status = 400) {
    super(`${rules[rule].says} (${rules[rule].source})`);
    this.code = code;
    this.status = status;
  }
}
