import { type Misfit, misfits, type Shape, type ShapeRules } from "./shape.ts";
import type { Workflow } from "./workflow.ts";

const rules: ShapeRules = {
  expressions: false,
  booleans: [
    ...["true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"],
    ...["false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"],
  ],
};

const text: Shape = { kind: "text" };
const texts: Shape = { kind: "map", of: text };
const list: Shape = { kind: "list", of: text };
const defaults: Shape = {
  kind: "fields",
  fields: { run: { kind: "fields", fields: { shell: text, "working-directory": text } } },
};
const concurrency: Shape = {
  kind: "one-of",
  shapes: [text, { kind: "fields", fields: { group: text, "cancel-in-progress": text } }],
};
const step: Shape = {
  kind: "fields",
  fields: {
    id: text,
    name: text,
    uses: text,
    run: text,
    "working-directory": text,
    shell: text,
    with: texts,
    "continue-on-error": { kind: "boolean" },
    "timeout-minutes": text,
  },
};
const service: Shape = {
  kind: "fields",
  fields: { image: text, env: texts, ports: list, volumes: list, options: text, credentials: texts, cmd: list },
};
const job: Shape = {
  kind: "fields",
  fields: {
    name: text,
    steps: { kind: "list", of: step },
    "timeout-minutes": text,
    services: { kind: "map", of: service },
    strategy: { kind: "fields", fields: { "fail-fast": text, "max-parallel": text } },
    defaults,
    outputs: texts,
    uses: text,
    with: { kind: "map", of: { kind: "any" } },
    concurrency,
  },
};
const workflow: Shape = {
  kind: "fields",
  fields: { name: text, "run-name": text, env: texts, defaults, concurrency, jobs: { kind: "map", of: job } },
};

/** What keeps Gitea from making a run of a file that it has detected (read from 1.26.0): values of another kind than it reads. */
export function giteaMisfits({ root }: Workflow): readonly Misfit[] {
  return misfits(rules, workflow, root, "");
}
