import type { Resource } from "./synth.ts";

/** Resources of a template by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

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
export function summary(all: Resources): string {
  const kinds = new Map<string, number>();
  for (const { Type } of Object.values(all)) kinds.set(Type, (kinds.get(Type) ?? 0) + 1);
  const lines = ["# resources", ...[...kinds].sort().map(([kind, count]) => `${count} ${kind}`)];
  for (const [id, role] of ofType(all, "AWS::IAM::Role")) lines.push("", ...roleLines(all, id, role));
  lines.push("", "# resource policies");
  for (const type of [
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::S3::BucketPolicy",
    "AWS::Lambda::Permission",
  ]) {
    for (const [id, { Properties }] of ofType(all, type)) lines.push(...policyLines(short(id), Properties));
  }
  lines.push("", "# buckets");
  for (const [id, { Properties }] of ofType(all, "AWS::S3::Bucket")) lines.push(`${short(id)}: ${text(Properties)}`);
  return `${lines.join("\n")}\n`;
}

function ofType(all: Resources, type: string): readonly [string, Resource][] {
  return Object.entries(all).filter(([, { Type }]) => Type === type);
}

function roleLines(all: Resources, id: string, { Properties }: Resource): string[] {
  const { AssumeRolePolicyDocument: trust, ManagedPolicyArns = [] } = Properties as {
    AssumeRolePolicyDocument: { Statement: Statement[] };
    ManagedPolicyArns?: unknown[];
  };
  const takers = trust.Statement.map(takerText);
  // What is too long for a role's own policy is split off by the CDK into a managed one.
  const policies = [...ofType(all, "AWS::IAM::Policy"), ...ofType(all, "AWS::IAM::ManagedPolicy")];
  const attached = policies.filter(([, policy]) =>
    ((policy.Properties.Roles ?? []) as { Ref: string }[]).some(({ Ref }) => Ref === id),
  );
  const statements = attached.flatMap(
    ([, { Properties: policy }]) => (policy.PolicyDocument as { Statement: Statement[] }).Statement,
  );
  return [
    `# role ${short(id)}, taken by ${takers.join("; ")}`,
    ...ManagedPolicyArns.map((arn) => `managed ${text(arn)}`),
    ...statements.flatMap(statementLines),
  ];
}

/** Who may take a role; what else but taking it he may do, if anything. */
function takerText({ Effect, Action, Principal, Condition }: Statement): string {
  const usual = Effect === "Allow" && Action === "sts:AssumeRole";
  const doing = usual ? "" : ` (${Effect.toLowerCase()} ${[Action].flat().join(" ")})`;
  return text(Principal) + doing + (Condition ? ` if ${text(Condition)}` : "");
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
