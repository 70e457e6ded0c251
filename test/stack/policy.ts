/** As much of IAM's judgement as our policies need: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, string>> };
}

export interface Call {
  readonly action: string;
  /** ARN as the template writes it: `Fn::Join` flattened, references as `<name>`. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** A denial wins; without an allowance nothing is allowed. Every resource of a call has to be allowed by itself. */
export function allows(statements: readonly Statement[], call: Call): boolean {
  const fitting = statements.filter((one) => fits(one, call));
  return fitting.some(({ Effect }) => Effect === "Allow") && !fitting.some(({ Effect }) => Effect === "Deny");
}

function fits({ Action, Resource, Condition = {} }: Statement, { action, resource, context = {} }: Call): boolean {
  return (
    [Action].flat().some((pattern) => matches(pattern, action)) &&
    [Resource].flat().some((pattern) => matches(flat(pattern), resource)) &&
    Object.entries(Condition).every(
      ([operator, wanted]) =>
        operator === "StringEquals" && Object.entries(wanted ?? {}).every(([key, value]) => context[key] === value),
    )
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

/** `{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ssm"]]}` → `arn:<AWS::Partition>:ssm` */
export function flat(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  if ("Fn::Join" in value) return (value["Fn::Join"] as [string, unknown[]])[1].map(flat).join("");
  if ("Ref" in value) return `<${value.Ref}>`;
  if ("Fn::GetAtt" in value) return `<${(value["Fn::GetAtt"] as string[]).join(".")}>`;
  return JSON.stringify(value);
}
