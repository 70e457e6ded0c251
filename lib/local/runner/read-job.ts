import { type Dialect, github, newestGitea } from "../../core/dialect.ts";
import { formatProblem, UserError } from "../../core/errors.ts";
import type { Contexts } from "../../core/plan/contexts.ts";
import { expandStrategy } from "../../core/plan/strategy.ts";
import { matrixContexts } from "../../core/plan/strategy-context.ts";
import { entryOf, readWorkflow, type Workflow } from "../../core/workflow/workflow.ts";
import type { Mapping } from "../../core/workflow/yaml-tree.ts";

/** A bare repository's workflows follow the forge that their directory belongs to. */
export function dialectOf(path: string): Dialect {
  return path.startsWith(".gitea/") ? newestGitea : github;
}

export function parseWorkflow(dialect: Dialect, path: string, text: string): Workflow {
  const reading = readWorkflow(dialect, { path, text });
  if (reading.kind === "workflow") return reading.workflow;
  if (reading.kind === "too-big") throw new UserError(reading.reason.text);
  throw new UserError(reading.problems.map(formatProblem).join("; "), reading.problems);
}

const onlyReal = "that takes a real runner, of Gitea or GitHub, not the built-in one";

/**
 * The job's own part of the file.
 *
 * @throws UserError for a job that only another runner can serve
 */
export function findJob({ path, jobs }: Workflow, id: string): Mapping {
  if (id.includes("/")) throw new UserError(`job "${id}" belongs to a called workflow: ${onlyReal}`);
  const job = entryOf(jobs, id)?.value;
  if (job?.kind !== "mapping") throw new UserError(`${path} has no job "${id}"`);
  for (const key of ["container", "services", "uses"] as const) {
    if (!entryOf(job, key)) continue;
    const why = { container: "a container", services: "service containers", uses: "a reusable workflow" }[key];
    throw new UserError(`job "${id}" asks for ${why}: ${onlyReal}`);
  }
  return job;
}

/** The contexts of one of a matrix's jobs. */
export function withMatrix(dialect: Dialect, job: Mapping, index: number | undefined, contexts: Contexts): Contexts {
  const strategy = entryOf(job, "strategy")?.value;
  const matrix = expandStrategy(dialect, strategy, { forge: dialect.forge, contexts });
  const combinations = matrix.kind === "combinations" ? matrix.combinations : [];
  if (index !== undefined && !combinations[index]) throw new UserError(`its matrix has no combination ${index}`);
  const total = Math.max(1, combinations.length);
  const combination = index === undefined ? undefined : combinations[index];
  return matrixContexts(dialect, contexts, strategy, { combination, index: index ?? 0, total });
}
