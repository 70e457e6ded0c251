import { randomBytes } from "node:crypto";
import type { ServerForge } from "../../core/forge.ts";
import { scopeOf } from "../../core/scope.ts";
import type { Call } from "../command.ts";
import type { ForgeAccess } from "../world/world-forge.ts";
import { asking } from "./forge-failure.ts";

/** Registers a runner and removes it again: the one proof that we may serve a repository's jobs. */
export async function checkRunners(
  { terminal }: Pick<Call, "terminal">,
  access: ForgeAccess,
  { enrolment }: ServerForge,
  name: string,
): Promise<void> {
  // Adapters ask by name.
  const repo = { id: "", name };
  const scope = scopeOf(access.kind, repo);
  const runner = `dayfly-setup-${randomBytes(4).toString("hex")}`;
  await asking(access, async () => {
    const registration = await enrolment.enrol({ scope, repo, name: runner, labels: ["dayfly-setup"] });
    if (registration.kind !== "builtin") await enrolment.remove(scope, registration.runnerId);
  });
  terminal.print(`ok        ${name}: a runner was registered, and removed again`);
}

/** The part of dayfly.yaml and the commands that bring a forge's secrets to AWS; no secret stands in them. */
export function awsSteps(forge: {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  /** Name and command line of a webhook that waits for its address. */
  readonly hook?: { readonly name: string; readonly words: string };
}): readonly string[] {
  const { hook } = forge;
  return [
    "Next: bring the secrets to AWS, each from its file,",
    ...Object.entries(forge.files).map(
      ([parameter, file]) => `  aws ssm put-parameter --type SecureString --name ${parameter} --value file://${file}`,
    ),
    "write this into dayfly.yaml,",
    "  forges:",
    `    - ${forge.entry}`,
    "and deploy:",
    "  npx cdk deploy",
    ...(hook
      ? [
          "Then, with the WebhookAddress that this prints:",
          `  npx dayfly hooks add ${hook.words} --to <WebhookAddress>${hook.name}`,
        ]
      : []),
  ];
}
