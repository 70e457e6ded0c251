import { type Misfit, misfits, type Shape, type ShapeRules } from "./shape.ts";
import type { Workflow } from "./workflow.ts";
import { entryOf } from "./workflow.ts";
import type { Entry } from "./yaml-tree.ts";

const rules: ShapeRules = {
  expressions: true,
  booleans: ["true", "True", "TRUE", "false", "False", "FALSE"],
};

const any: Shape = { kind: "any" };
const text: Shape = { kind: "text" };
const name: Shape = { kind: "text", notEmpty: true };
const map: Shape = { kind: "map", of: any };
const concurrency: Shape = {
  kind: "one-of",
  shapes: [
    name,
    { kind: "fields", fields: { group: name, "cancel-in-progress": { kind: "boolean" } }, required: ["group"] },
  ],
};

/** What both kinds of job may have. */
const shared = {
  name: text,
  needs: { kind: "one-of", shapes: [{ kind: "list", of: name }, name] },
  if: any,
  strategy: {
    kind: "fields",
    fields: { "fail-fast": { kind: "boolean" }, "max-parallel": { kind: "number" }, matrix: any },
    only: true,
  },
  permissions: any,
  concurrency,
} as const satisfies Record<string, Shape>;

const ownJob: Shape = {
  kind: "fields",
  fields: {
    ...shared,
    "runs-on": any,
    "timeout-minutes": { kind: "number" },
    "cancel-timeout-minutes": { kind: "number" },
    "continue-on-error": { kind: "boolean" },
    container: any,
    services: any,
    env: any,
    environment: any,
    outputs: map,
    defaults: map,
    steps: { kind: "list", of: map },
    snapshot: any,
  },
  only: true,
  required: ["runs-on"],
};

const callingJob: Shape = {
  kind: "fields",
  fields: { ...shared, uses: name, with: map, secrets: any },
  only: true,
};

/** What makes GitHub refuse a file: keys that it does not know, and values of another kind than it reads. */
export function githubMisfits({ jobs }: Workflow): readonly Misfit[] {
  return jobs.entries.flatMap((entry) => [...idMisfits(entry), ...jobMisfits(entry)]);
}

function jobMisfits({ key, value }: Entry): readonly Misfit[] {
  const isCall = value.kind === "mapping" && entryOf(value, "uses") !== undefined;
  return misfits(rules, isCall ? callingJob : ownJob, value, `jobs.${key}`);
}

function idMisfits({ key, keyAt }: Entry): readonly Misfit[] {
  if (/^(?!__)[A-Za-z_][A-Za-z0-9_-]{0,99}$/.test(key)) return [];
  const textOf = "a job's id has to begin with a letter or _ and to hold only letters, digits, - and _";
  return [{ at: keyAt, place: `jobs.${key}`, text: textOf }];
}
