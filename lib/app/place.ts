import { githubHosted } from "../core/config/config-rules.ts";
import { type Demanded, type Placement, placeJob } from "../core/plan/placement.ts";
import type { World } from "../core/ports.ts";

/** Which profile serves a job of this forge. GitHub serves its own labels itself, whatever profiles we have for another forge. */
export function place(world: World, forge: string, job: Demanded): Placement {
  const kind = world.config.forges.find(({ name }) => name === forge)?.kind;
  const own = kind === "github" ? job.labels.find((label) => githubHosted.test(label.toLowerCase())) : undefined;
  if (own === undefined) return placeJob(world.config.profiles, job);
  return { kind: "none", reason: { code: "hosted-by-github", text: `GitHub itself serves the label ${own}` } };
}
