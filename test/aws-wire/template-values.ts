import { accountId } from "../fakes/gateway/identities.ts";
import type { Resource } from "../stack/synth.ts";

export const region = "eu-central-1";
export const apiId = "abcdefghij";

type Resources = Readonly<Record<string, Resource>>;

export interface Physical {
  readonly stack: string;
  /** Ref of a resource: queue address, table name, … */
  readonly refs: Readonly<Record<string, string>>;
}

/** Puts what CloudFormation would into the places of Ref, GetAtt, Join and Base64. */
export function resolved(value: unknown, all: Resources, physical: Physical): unknown {
  const inner = (one: unknown): unknown => resolved(one, all, physical);
  if (Array.isArray(value)) return value.map(inner);
  if (value === null || typeof value !== "object") return value;
  const [[name = "", argument] = []] = Object.entries(value);
  if (name === "Ref") return refOf(String(argument), all, physical);
  if (name === "Fn::Base64") return Buffer.from(String(inner(argument))).toString("base64");
  if (name === "Fn::Join") {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => String(inner(part))).join(separator);
  }
  if (name === "Fn::GetAtt") {
    const [id, attribute] = argument as [string, string];
    return attributeOf(id, attribute, all, physical);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inner(member)]));
}

function refOf(name: string, all: Resources, { stack, refs }: Physical): string {
  const pseudo: Readonly<Record<string, string>> = {
    "AWS::Region": region,
    "AWS::AccountId": accountId,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": stack,
  };
  const known = pseudo[name] ?? refs[name];
  if (known !== undefined) return known;
  switch (all[name]?.Type) {
    case "AWS::EC2::LaunchTemplate":
      return "lt-0123456789abcdef0";
    case "AWS::EC2::Subnet":
      return `subnet-${name}`;
    case "AWS::ApiGatewayV2::Api":
      return apiId;
    default:
      return name;
  }
}

function attributeOf(id: string, attribute: string, all: Resources, physical: Physical): string {
  if (attribute === "LatestVersionNumber") return "3";
  const service = all[id]?.Type.split("::")[1]?.toLowerCase() ?? "";
  const ref = refOf(id, all, physical);
  switch (all[id]?.Type) {
    case "AWS::IAM::Role":
      return `arn:aws:iam::${accountId}:role/${ref}`;
    case "AWS::S3::Bucket":
      return attribute === "Arn" ? `arn:aws:s3:::${ref}` : `${attribute}-of-${id}`;
    case "AWS::SQS::Queue":
      return `arn:aws:sqs:${region}:${accountId}:${id}`;
    default:
      return attribute === "Arn" ? `arn:aws:${service}:${region}:${accountId}:${ref}` : `${attribute}-of-${id}`;
  }
}
