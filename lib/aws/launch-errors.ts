import type { Shortage } from "../core/run/launch.ts";

/**
 * What a code of the EC2 API says about a launch.
 *
 * `pool`, `account`, `throttled` and `permanent` promise that nothing was started by whatever the code was given for.
 * `unknown`: machines may exist. A code that nobody has met yet is unknown too.
 */
export type LaunchErrorClass = Shortage["class"] | "unknown";

interface Row {
  readonly class: LaunchErrorClass;
  /** Why these belong together. */
  readonly because: string;
  readonly codes: readonly string[];
}

/**
 * Codes from https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html that a launch can meet; the
 * others there belong to other actions, and would be `unknown` like a new one.
 * `UnfulfillableCapacity`, `InvalidFleetConfiguration` and `MaxFleetCountExceeded` are not on that page:
 * CreateFleet puts them into `Errors` (karpenter-provider-aws, pkg/errors).
 */
export const launchErrors: readonly Row[] = [
  {
    class: "pool",
    because: "other types, zones or the other market may have machines",
    codes: [
      "BootForVolumeTypeUnsupported",
      "IncompatibleHostRequirements",
      "InsufficientAddressCapacity",
      "InsufficientCapacity",
      "InsufficientCapacityOnHost",
      "InsufficientFreeAddressesInSubnet",
      "InsufficientHostCapacity",
      "InsufficientInstanceCapacity",
      "InsufficientReservedInstanceCapacity",
      "InsufficientReservedInstancesCapacity",
      "InsufficientVolumeCapacity",
      "InvalidAvailabilityZone",
      "InvalidFleetConfiguration",
      "InvalidInstanceFamily",
      "InvalidZone.NotFound",
      "NetworkInterfaceNotSupportedException",
      "ReservationCapacityExceeded",
      "ReservedInstancesUnavailable",
      "SpotMaxPriceTooLow",
      "UnfulfillableCapacity",
      "UnknownVolumeType",
      "Unsupported",
      "UnsupportedException",
      "UnsupportedHostConfiguration",
      "UnsupportedInstanceTypeOnHost",
      "UnsupportedOperation",
      "VolumeTypeNotAvailableInZone",
      "ZonesMismatched",
    ],
  },
  {
    class: "pool",
    because: "the machines of this token are dead: only a new launch, with a new token, helps",
    codes: ["IdempotentInstanceTerminated"],
  },
  {
    class: "account",
    because: "a quota, or the account's standing: every launch meets it, waiting may help",
    codes: [
      "HostLimitExceeded",
      "InstanceLimitExceeded",
      "MaxConfigLimitExceededException",
      "MaxFleetCountExceeded",
      "MaxIOPSLimitExceeded",
      "MaxScheduledInstanceCapacityExceeded",
      "MaxSpotFleetRequestCountExceeded",
      "MaxSpotInstanceCountExceeded",
      "NetworkInterfaceLimitExceeded",
      "PendingVerification",
      "ReservedInstancesCountExceeded",
      "ResourceCountExceeded",
      "ResourceCountLimitExceeded",
      "ResourceLimitExceeded",
      "TargetCapacityLimitExceededException",
      "VcpuLimitExceeded",
      "VolumeIOPSLimit",
      "VolumeLimitExceeded",
    ],
  },
  {
    class: "throttled",
    because:
      "refused before anything was begun; the next call may be let in, also where a clock or a key was a moment too old",
    codes: [
      "BandwidthLimitExceeded",
      "ConcurrentTagAccess",
      "CreditSpecificationUpdateInProgress",
      "EC2ThrottledException",
      "ExpiredToken",
      "InvalidSecurity.RequestHasExpired",
      "RequestExpired",
      "RequestLimitExceeded",
      "RequestThrottled",
      "RequestThrottledException",
      "RequestTimeTooSkewed",
      "SlowDown",
      "Throttling",
      "ThrottlingException",
      "TooManyRequestsException",
    ],
  },
  {
    class: "permanent",
    because: "a person has to change rights, the account or our configuration first",
    codes: [
      "AccessDenied",
      "AccessDeniedException",
      "AuthFailure",
      "AttachmentLimitExceeded",
      "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
      "Blocked",
      "CustomerKeyHasBeenRevoked",
      "DefaultVpcDoesNotExist",
      "DisallowedForDedicatedTenancyNetwork",
      "DryRunOperation",
      "EncryptedVolumesNotSupported",
      "FilterLimitExceeded",
      "IncompleteSignature",
      "InstanceCreditSpecification.NotSupported",
      "LimitPriceExceeded",
      "MalformedQueryString",
      "MissingAction",
      "MissingAuthenticationToken",
      "MissingInput",
      "MissingParameter",
      "NoSuchVersion",
      "NonEBSInstance",
      "OperationNotPermitted",
      "OptInRequired",
      "PrivateIpAddressLimitExceeded",
      "RequestResourceCountExceeded",
      "SecurityGroupLimitExceeded",
      "SecurityGroupsPerInstanceLimitExceeded",
      "SecurityGroupsPerInterfaceLimitExceeded",
      "SignatureDoesNotMatch",
      "TagLimitExceeded",
      "UnauthorizedOperation",
      "UnavailableHostRequirements",
      "UnknownParameter",
      "UnknownPrincipalType.Unsupported",
      "UnrecognizedClientException",
      "UnsupportedHibernationConfiguration",
      "UnsupportedInstanceAttribute",
      "UnsupportedProtocol",
      "UnsupportedTenancy",
      "VPCIdNotSpecified",
      "VPCResourceNotSpecified",
      "ValidationError",
    ],
  },
  {
    class: "unknown",
    because: "something was begun under this token, or nobody can say",
    codes: [
      "IdempotentParameterMismatch",
      "IncorrectInstanceState",
      "IncorrectState",
      "InternalError",
      "InternalFailure",
      "InvalidState",
      "RequestTimeout",
      "RequestTimeoutException",
      "ServiceUnavailable",
      "Unavailable",
    ],
  },
];

/** What a person should do, where the code does not say it. */
const cures: Readonly<Record<string, string>> = {
  "AuthFailure.ServiceLinkedRoleCreationNotPermitted":
    "this account has never used Spot: run `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`",
  MaxSpotInstanceCountExceeded: "ask AWS for a higher Spot vCPU quota; a new account often has 5",
  VcpuLimitExceeded: "ask AWS for a higher On-Demand vCPU quota",
  OptInRequired: "finish the account's registration, or accept the image's terms",
  PendingVerification: "AWS is still verifying the account",
  UnauthorizedOperation: "the dispatcher's role lacks a right: deploy the stack again",
  "InvalidAMIID.NotFound": "build the profile's image again, or set `image` in dayfly.yaml",
};

const classOf = new Map(launchErrors.flatMap((row) => row.codes.map((code) => [code, row.class] as const)));

/**
 * `InvalidAMIID.NotFound`, `Server.InternalError`, … → class.
 *
 * Two families stand for the documented codes that name one wrong parameter each: `Invalid…`, and `….NotFound` or
 * `….Malformed` with their spellings.
 */
export function classifyCode(code: string): LaunchErrorClass {
  const bare = bareCode(code);
  const found = classOf.get(bare);
  if (found) return found;
  return /^Invalid[A-Z]|(?:NotFound|Malformed)(?:Exception)?$/.test(bare) ? "permanent" : "unknown";
}

/** The provider's sentence, and what to do about it where we know; bounded, for it ends in a row. */
export function explainCode(code: string, message: string | undefined): string {
  const said = (message ?? "").replace(/\s+/g, " ").trim().slice(0, 300);
  return [said || code, cures[bareCode(code)]].filter(Boolean).join("; ");
}

/** Some answers put the side at fault before the code. */
function bareCode(code: string): string {
  return code.replace(/^(?:Client|Server)\./, "");
}
