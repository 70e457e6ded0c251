import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { CommitPlan } from "../../fakes/scratch-repository.ts";
import { commit } from "./workflows.ts";

/** What a job says to deploy its own commit. */
export const ownCommit = '"sha-${GITHUB_SHA:0:7}" --commit "$GITHUB_SHA" --wait';

/** A workflow with one job, which deploys; `words` come after the app. */
export const deploying = (on: string, words: string, env = "{}"): string =>
  `on: ${on}
jobs:
  deploy:
    runs-on: ubuntu-latest
    defaults: { run: { shell: bash } }
    env: ${env}
    steps:
      - run: ${JSON.stringify(`dayfly deploy shop ${words}`)}
`;

export const onMain = deploying("{ push: { branches: [main] } }", `prod ${ownCommit}`);

const where = "{ type: choice, options: [prod, staging], default: staging }";

/** Started by hand, it deploys where its input says. */
export const byHand = deploying(
  `{ workflow_dispatch: { inputs: { where: ${where} } } }`,
  `"$WHERE" ${ownCommit}`,
  "{ WHERE: '${{ inputs.where }}' }",
);

/** A commit, and others after it that change nothing of its workflows. */
export const line = (
  workflows: Readonly<Record<string, string>>,
  ...later: readonly string[]
): readonly CommitPlan[] => [
  commit("first", workflows),
  ...later.map((name, index) => ({ name, from: [later[index - 1] ?? "first"], files: { "page.txt": name } })),
];

/** The workflow of the docs, with its deploy job to the letter; what it builds needs no container engine and one processor. */
export function delivery(): string {
  const file = "docs/examples/delivery/gitea/.gitea/workflows/deliver.yaml";
  const workflow = parse(readFileSync(file, "utf8")) as { jobs: Record<string, Record<string, unknown>> };
  const { build, publish } = workflow.jobs;
  const steps = [{ run: 'echo "built $GITHUB_SHA"' }];
  workflow.jobs.build = { ...build, "runs-on": "ubuntu-latest", steps };
  workflow.jobs.publish = { ...publish, steps };
  return stringify(workflow);
}
