import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { type Dialect, newestGitea, parseVersion } from "../../lib/core/dialect.ts";
import type { WorkflowDecision } from "../../lib/core/plan/decision.ts";
import { type PlanInput, planEvent } from "../../lib/core/plan/plan.ts";
import type { ChangedFiles } from "../../lib/core/trigger/trigger-input.ts";

/** The format of test/cases/*.yml, explained in test/cases/README.md. */
const When = z.strictObject({
  event: z.string(),
  action: z.string().optional(),
  ref: z.string().default("main"),
  before: z.string().optional(),
  after: z.string().optional(),
  new: z.literal(true).optional(),
  deleted: z.literal(true).optional(),
  base: z.string().optional(),
  message: z.string().optional(),
  title: z.string().optional(),
  sender: z.string().optional(),
  repository: z.string().optional(),
  defaultBranch: z.string().optional(),
  disabled: z.array(z.string()).optional(),
  workflow: z.string().optional(),
  branch: z.string().optional(),
  archived: z.literal(true).optional(),
  conflict: z.literal(true).optional(),
  fork: z.literal(true).optional(),
  tagsAtOnce: z.number().optional(),
  chain: z.number().optional(),
  changed: z
    .union([
      z.array(z.string()),
      z.strictObject({ count: z.number(), path: z.string(), then: z.array(z.string()).default([]) }),
      z.strictObject({ paths: z.array(z.string()), formerly: z.array(z.string()) }),
      z.enum(["too-many", "base-gone", "unavailable"]),
    ])
    .optional(),
  vars: z.record(z.string(), z.string()).optional(),
});

const Job = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  labels: z.array(z.string()).optional(),
  needs: z.array(z.string()).optional(),
  matrix: z.record(z.string(), z.unknown()).optional(),
  decision: z.enum(["launch", "wait", "skip", "undecided"]).optional(),
  because: z.string().optional(),
  minutes: z.number().optional(),
  conditional: z.boolean().optional(),
  /** Of its own; null: none. */
  group: z.string().nullable().optional(),
  /** Groups of the calls that it is part of. */
  calls: z.array(z.string()).optional(),
});

const Then = z.strictObject({
  decision: z.enum(["run", "skip", "undecided", "invalid"]).optional(),
  start: z.array(z.string()).optional(),
  wait: z.array(z.string()).optional(),
  jobs: z.array(Job).optional(),
  /** Concurrency group of the run; null: none. */
  group: z.string().nullable().optional(),
  cancels: z.boolean().optional(),
  because: z.string().optional(),
  at: z.string().optional(),
});

const Pair = z.strictObject({ forge: z.string().optional(), when: When, then: Then });

const Case = z.strictObject({
  rule: z.string().min(10),
  forge: z.union([z.string(), z.array(z.string())]),
  given: z.union([
    z.strictObject({ workflow: z.string() }),
    z.strictObject({ files: z.record(z.string(), z.string()), of: z.string().optional() }),
  ]),
  when: When.optional(),
  then: Then.optional(),
  pairs: z.array(Pair).optional(),
});
type Case = z.infer<typeof Case>;
type When = z.infer<typeof When>;
type Then = z.infer<typeof Then>;

/** One question to the engine with its answer: a case has one for each of its forges and pairs. */
export interface Check {
  readonly title: string;
  readonly input: PlanInput;
  /** Path of the file that `then` speaks of. */
  readonly path: string;
  readonly expected: Then;
}

/** Reads the documents of one file of cases. @throws on whatever the format does not know */
export function readCases(file: string, text: string): readonly Check[] {
  return parseAllDocuments(text).flatMap((document, number) => {
    const problem = document.errors[0];
    if (problem) throw new Error(`${file}, document ${number + 1}: ${problem.message}`);
    const parsed = Case.safeParse(document.toJS());
    if (!parsed.success) throw new Error(`${file}, document ${number + 1}: ${z.prettifyError(parsed.error)}`);
    return checksOf(file, parsed.data);
  });
}

function checksOf(file: string, found: Case): Check[] {
  const pairs = [...(found.when && found.then ? [{ when: found.when, then: found.then }] : []), ...(found.pairs ?? [])];
  if (pairs.length === 0) throw new Error(`${file}: "${found.rule}" has neither when and then nor pairs`);
  return [found.forge].flat().flatMap((forge) =>
    pairs.flatMap((pair, i) => {
      if ("forge" in pair && pair.forge !== undefined && pair.forge !== forge) return [];
      const title = `${file} · ${found.rule} · ${forge}${pairs.length > 1 ? ` (${i + 1})` : ""}`;
      return [{ title, ...question(dialectOf(forge), found, pair.when), expected: pair.then }];
    }),
  );
}

export function dialectOf(forge: string): Dialect {
  if (forge === "github") return { forge };
  if (forge === "gitea") return newestGitea;
  const version = /^gitea /.test(forge) ? parseVersion(forge.slice(6)) : undefined;
  if (!version) throw new Error(`no forge is called "${forge}"`);
  return { forge: "gitea", version };
}

function question(dialect: Dialect, { given }: Case, when: When): Pick<Check, "input" | "path"> {
  const folder = dialect.forge === "github" ? ".github/workflows" : ".gitea/workflows";
  const texts = "files" in given ? given.files : { "w.yml": given.workflow };
  const files = Object.entries(texts).map(([name, text]) => ({ path: `${folder}/${name}`, text: withJobs(text) }));
  const path = `${folder}/${"files" in given ? (given.of ?? Object.keys(texts)[0]) : "w.yml"}`;
  const { vars } = when;
  const event = eventOf(when, folder);
  return { input: { dialect, event, files, changed: changedOf(when.changed), ...(vars && { vars }) }, path };
}

/** Most cases are about `on:` alone. */
function withJobs(text: string): string {
  return /^jobs\b|^\{|^%|^no-jobs/m.test(text) ? text : `${text.trimEnd()}\njobs: { test: { runs-on: linux } }\n`;
}

const zeros = "0".repeat(40);
const before = "b".repeat(40);
const after = "a".repeat(40);

function eventOf(when: When, folder: string): PlanInput["event"] {
  const { event: name, ref, new: isNew, deleted, base, disabled, changed, vars, ...rest } = when;
  return {
    before: isNew ? zeros : before,
    after: deleted ? zeros : after,
    ...rest,
    name,
    ref: ref.startsWith("refs/") ? ref : `refs/heads/${ref}`,
    ...(base !== undefined && { baseRef: base }),
    ...(disabled && { disabled: disabled.map((file) => `${folder}/${file}`) }),
  };
}

function changedOf(changed: When["changed"]): ChangedFiles | undefined {
  if (changed === undefined) return undefined;
  if (typeof changed === "string") return { kind: "undecidable", cause: changed, text: "says the test" };
  if (Array.isArray(changed)) return { kind: "files", paths: changed };
  if ("formerly" in changed) return { kind: "files", ...changed };
  const many = Array.from({ length: changed.count }, (_, i) => changed.path.replace("#", String(i)));
  return { kind: "files", paths: [...many, ...changed.then] };
}

/** What differs between the engine's answer and the expected one; nothing where they agree. */
export function differences({ input, path, expected }: Check, plan = planEvent): readonly string[] {
  const found = plan(input).workflows.find((workflow) => workflow.path === path);
  if (!found) return [`${path} is not among the decisions`];
  const wanted = expected.decision ?? ((expected.start ?? expected.jobs ?? []).length > 0 ? "run" : "skip");
  const { reason } = found;
  return [
    ...differ("decision", found.decision, wanted),
    ...(expected.because !== undefined && !reason.text.includes(expected.because)
      ? [`because: "${reason.text}" does not say "${expected.because}"`]
      : []),
    ...(expected.at === undefined ? [] : differ("at", `${reason.line}:${reason.column}`, expected.at)),
    ...(expected.start ? differ("start", namesOf(found, "launch"), expected.start) : []),
    ...(expected.wait ? differ("wait", namesOf(found, "wait"), expected.wait) : []),
    ...(expected.group === undefined ? [] : differ("group", found.concurrency?.group ?? null, expected.group)),
    ...(expected.cancels === undefined ? [] : differ("cancels", found.concurrency?.cancels, expected.cancels)),
    ...(expected.jobs ? jobDifferences(found, expected.jobs) : []),
  ];
}

function namesOf({ jobs }: WorkflowDecision, decision: string): string[] {
  return jobs.filter((job) => job.decision === decision).map(({ name }) => name);
}

function jobDifferences({ jobs }: WorkflowDecision, expected: readonly z.infer<typeof Job>[]): string[] {
  if (jobs.length !== expected.length) return [`jobs: ${jobs.length} in place of ${expected.length}`];
  return expected.flatMap(({ because, minutes, conditional, group, calls, ...fields }, i) => {
    const job = jobs[i] as WorkflowDecision["jobs"][number];
    const plain = Object.entries(fields).flatMap(([key, value]) =>
      differ(`jobs[${i}].${key}`, job[key as keyof typeof job], value),
    );
    if (minutes !== undefined) plain.push(...differ(`jobs[${i}].minutes`, job.timeoutMinutes, minutes));
    if (group !== undefined) plain.push(...differ(`jobs[${i}].group`, job.concurrency?.group ?? null, group));
    const callGroups = job.callGroups?.map((held) => held.group) ?? [];
    if (calls !== undefined) plain.push(...differ(`jobs[${i}].calls`, callGroups, calls));
    if (conditional !== undefined)
      plain.push(...differ(`jobs[${i}].conditional`, job.conditional === true, conditional));
    if (because !== undefined && !job.reason.text.includes(because)) {
      plain.push(`jobs[${i}].because: "${job.reason.text}" does not say "${because}"`);
    }
    return plain;
  });
}

function differ(what: string, found: unknown, wanted: unknown): string[] {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  return a === b ? [] : [`${what}: ${a} in place of ${b}`];
}
