import { Refusal } from "./refusal.ts";

/** As CloudFormation creates it from a template: JSON, version 1. */
export interface FakeDocument {
  readonly schemaVersion: string;
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly allowedPattern?: string;
        readonly maxChars?: number;
        readonly interpolationType?: string;
        readonly default?: string;
      }
    >
  >;
  readonly mainSteps: readonly {
    readonly action: string;
    readonly inputs: { readonly timeoutSeconds?: string; readonly runCommand: readonly string[] };
  }[];
}

/**
 * Values as the service checks them before it accepts a command: no unknown name, none missing, every value of its pattern.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
 */
export function checkParameters(
  { parameters }: FakeDocument,
  given: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, string> {
  for (const name of Object.keys(given)) {
    if (!parameters[name]) throw new Refusal("InvalidParameters", `parameter ${name} is not defined in the document`);
  }
  return new Map(
    Object.entries(parameters).map(
      ([name, { allowedPattern, maxChars = Number.POSITIVE_INFINITY, default: usual }]) => {
        const [value = usual, ...more] = given[name] ?? [];
        if (value === undefined || more.length > 0)
          throw new Refusal("InvalidParameters", `parameter ${name} needs one value`);
        if (allowedPattern !== undefined && !matchesLikeJava(allowedPattern, value))
          throw new Refusal("InvalidParameters", `parameter ${name} does not match its pattern`);
        if (value.length > maxChars) throw new Refusal("InvalidParameters", `parameter ${name} is too long`);
        return [name, value];
      },
    ),
  );
}

/** The laxer reading of two: where Java only searches, its `$` also matches before a last line end. */
export function matchesLikeJava(pattern: string, value: string): boolean {
  return new RegExp(pattern).test(value.replace(/(?:\r\n|[\n\r\u0085\u2028\u2029])$/, ""));
}

/**
 * What the agent makes of it. `ENV_VAR` values become variables, known to agents from 3.3.2746.0 on; everything else, and everything
 * with an older agent, is put into the script's text as it is.
 */
export function prepare(
  document: FakeDocument,
  values: ReadonlyMap<string, string>,
  agent: string,
): { readonly script: string; readonly environment: Readonly<Record<string, string>> } {
  const byVariable = atLeast(agent, "3.3.2746.0");
  const environment: Record<string, string> = {};
  let script = document.mainSteps.flatMap(({ inputs }) => inputs.runCommand).join("\n");
  for (const [name, value] of values) {
    if (byVariable && document.parameters[name]?.interpolationType === "ENV_VAR") environment[`SSM_${name}`] = value;
    else script = script.replace(new RegExp(`\\{\\{ *${name} *\\}\\}`, "g"), () => value);
  }
  return { script, environment };
}

function atLeast(version: string, wanted: string): boolean {
  const parts = (text: string) => text.split(".").map(Number);
  const [have, want] = [parts(version), parts(wanted)];
  const at = want.findIndex((part, index) => part !== have[index]);
  return at === -1 || (have[at] ?? 0) > (want[at] ?? 0);
}
