import type { Template } from "aws-cdk-lib/assertions";
import { type Resource, resources } from "./synth.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

/**
 * What a reviewer wants to know of a template, on about a page: which kinds of things there are, and for every role who may
 * take it and what it may do to what, under which conditions.
 */
export function summary(template: Template): string {
  const all = template.toJSON().Resources as Record<string, Resource>;
  const kinds = new Map<string, number>();
  for (const { Type } of Object.values(all)) kinds.set(Type, (kinds.get(Type) ?? 0) + 1);
  const lines = ["# resources", ...[...kinds].sort().map(([kind, count]) => `${count} ${kind}`)];
  for (const [id, role] of resources(template, "AWS::IAM::Role")) lines.push("", ...roleLines(template, id, role));
  lines.push("", "# resource policies");
  for (const type of ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::Lambda::Permission"]) {
    for (const [id, { Properties }] of resources(template, type)) lines.push(...policyLines(short(id), Properties));
  }
  return `${lines.join("\n")}\n`;
}

function roleLines(template: Template, id: string, { Properties }: Resource): string[] {
  const { AssumeRolePolicyDocument: trust, ManagedPolicyArns = [] } = Properties as {
    AssumeRolePolicyDocument: { Statement: Statement[] };
    ManagedPolicyArns?: unknown[];
  };
  const takers = trust.Statement.map(
    ({ Principal, Condition }) => text(Principal) + (Condition ? ` if ${text(Condition)}` : ""),
  );
  const attached = [...resources(template, "AWS::IAM::Policy").values()].filter(({ Properties: { Roles } }) =>
    (Roles as { Ref: string }[]).some(({ Ref }) => Ref === id),
  );
  const statements = attached.flatMap(
    ({ Properties: policy }) => (policy.PolicyDocument as { Statement: Statement[] }).Statement,
  );
  return [
    `# role ${short(id)}, taken by ${takers.join("; ")}`,
    ...ManagedPolicyArns.map((arn) => `managed ${text(arn)}`),
    ...statements.flatMap(statementLines),
  ];
}

function policyLines(id: string, properties: Record<string, unknown>): string[] {
  if ("PolicyDocument" in properties) {
    const { Statement: statements } = properties.PolicyDocument as { Statement: Statement[] };
    return statements.flatMap((one) => [`${id}: ${text(one.Principal)}`, ...statementLines(one)]);
  }
  return [`${id}: ${text(properties.Principal)} ${text(properties.Action)} from ${text(properties.SourceArn)}`];
}

function statementLines({ Effect, Action, Resource: on, Condition }: Statement): string[] {
  const actions = [Action].flat().join(" ");
  const targets = [on].flat().map((one) => `    on ${text(one)}`);
  return [`  ${Effect.toLowerCase()} ${actions}`, ...targets, ...(Condition ? [`    if ${text(Condition)}`] : [])];
}

/** Joins, references and attributes in one short word each. */
function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  if ("Ref" in value) return short(String(value.Ref)).replace(/^AWS::(\w+)$/, "<$1>");
  if ("Fn::GetAtt" in value) return (value["Fn::GetAtt"] as string[]).map(short).join(".");
  if ("Fn::Join" in value) return (value["Fn::Join"] as [string, unknown[]])[1].map(text).join("");
  return Object.entries(value)
    .map(([key, member]) => `${key}=${text(member)}`)
    .join(" ");
}

/** Logical ids without their hash. */
function short(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}
