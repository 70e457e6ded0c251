import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { findLostAlias } from "./lost-alias.ts";
import { type Misfit, misfits, type Shape, type ShapeRules } from "./shape.ts";
import type { Workflow } from "./workflow.ts";
import type { Mapping } from "./yaml-tree.ts";

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
const step = {
  id: text,
  name: text,
  uses: text,
  run: text,
  "working-directory": text,
  shell: text,
  with: texts,
  "timeout-minutes": text,
} as const satisfies Record<string, Shape>;
const service: Shape = {
  kind: "fields",
  fields: { image: text, env: texts, ports: list, volumes: list, options: text, credentials: texts, cmd: list },
};
const job = {
  name: text,
  "timeout-minutes": text,
  services: { kind: "map", of: service },
  strategy: { kind: "fields", fields: { "fail-fast": text, "max-parallel": text } },
  defaults,
  outputs: texts,
  uses: text,
  with: { kind: "map", of: { kind: "any" } },
  concurrency,
} as const satisfies Record<string, Shape>;

function workflow(steps: Record<string, Shape>): Shape {
  const list: Shape = { kind: "list", of: { kind: "fields", fields: steps } };
  const jobs: Shape = { kind: "map", of: { kind: "fields", fields: { ...job, steps: list } } };
  return { kind: "fields", fields: { name: text, "run-name": text, env: texts, defaults, concurrency, jobs } };
}

const newest = workflow(step);
const before127 = workflow({ ...step, "continue-on-error": { kind: "boolean" } });

/** What keeps Gitea from making a run of a file that it has detected: values of another kind than it reads (read in 1.26.0 and 1.27.3). */
export function giteaMisfits(dialect: Dialect, { root, jobs }: Workflow): readonly Misfit[] {
  const lost = giteaFrom(dialect, 1, 27, 3) ? [] : lostAliases(jobs);
  if (lost.length > 0) return lost;
  return misfits(rules, giteaFrom(dialect, 1, 27) ? newest : before127, root, "");
}

function lostAliases(jobs: Mapping): readonly Misfit[] {
  const wrong = (at: Position, place: string, text: string) => [{ at, place, text }];
  // rule jobs-alias: Gitea looks for the jobs where the alias stands
  if (jobs.alias !== undefined) return wrong(jobs.at, "jobs", "Gitea does not read a YAML alias here");
  return jobs.entries.flatMap(({ key, value }) => {
    const at = value.kind === "mapping" && value.alias === undefined ? findLostAlias(value) : undefined;
    return at ? wrong(at, `jobs.${key}`, "Gitea hands this on without the anchor that its alias names") : [];
  });
}
