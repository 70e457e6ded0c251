import { bundleOverWeb, grammar, MAX_ADDRESS, type Word } from "../core/deploy/deploy-request.ts";
import { hashOf } from "../core/hash.ts";

/** Content of an SSM document of ours: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html */
export interface CommandDocument {
  readonly schemaVersion: "2.2";
  readonly description: string;
  readonly parameters: Readonly<Record<string, DocumentParameter>>;
  readonly mainSteps: readonly [DocumentStep];
}

/** Both guards on each: the service and the agent check the pattern, and the value travels as a variable, never as script text. */
export interface DocumentParameter {
  readonly type: "String";
  readonly description: string;
  readonly allowedPattern: string;
  /** Where the pattern itself has no bound. */
  readonly maxChars?: number;
  readonly interpolationType: "ENV_VAR";
}

interface DocumentStep {
  readonly action: "aws:runShellScript";
  readonly name: string;
  readonly precondition: { readonly StringEquals: readonly ["platformType", "Linux"] };
  readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly [string] };
}

/** Above deployctl's own deadline (420 s), so that it undoes its work itself: an agent at its limit kills without a word. */
const STEP_SECONDS = 540;

/**
 * The equivalent of an SSH forced command: whoever may send these two can run deployctl with checked words, and nothing else.
 * Their bodies are fixed; deployctl takes the words from the variables `SSM_…` and refuses where one is not set.
 */
export const deployDocument: CommandDocument = document("deploy", {
  op: grammar.op,
  app: grammar.app,
  env: grammar.env,
  tag: orNothing("tag"),
  digest: orNothing("digest"),
  commit: orNothing("commit"),
  id: grammar.id,
  fence: grammar.fence,
  not_after: grammar.notAfter,
  mode: grammar.mode,
  bundle: `(-|${bundleOverWeb})`,
});

export const inspectDocument: CommandDocument = document("inspect", {
  verb: "(status|diagnostics|logs)",
  app: grammar.app,
  env: grammar.env,
  id: orNothing("id"),
});

/** A document never changes: another content gets another name, so a name and version 1 say all. */
export function documentName(stack: string, kind: "deploy" | "inspect"): string {
  const content = kind === "deploy" ? deployDocument : inspectDocument;
  return `${stack}-${kind}-${hashOf([JSON.stringify(content)]).slice(0, 8)}`;
}

function document(kind: "deploy" | "inspect", patterns: Readonly<Record<string, string>>): CommandDocument {
  const parameters = Object.entries(patterns).map(([word, pattern]): [string, DocumentParameter] => {
    const description = `SSM_${word} of deployctl; - says that there is none, where the pattern allows it`;
    const guards = { allowedPattern: `^${pattern}$`, ...(word === "bundle" && { maxChars: MAX_ADDRESS }) };
    return [word, { type: "String", description, ...guards, interpolationType: "ENV_VAR" }];
  });
  return {
    schemaVersion: "2.2",
    description: `Runs deployctl ssm ${kind} with these words and nothing else`,
    parameters: Object.fromEntries(parameters),
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: kind,
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: { timeoutSeconds: String(STEP_SECONDS), runCommand: [`exec /opt/dayfly/bin/deployctl ssm ${kind}`] },
      },
    ],
  };
}

function orNothing(word: Word): string {
  return `(-|${grammar[word]})`;
}
