import type { DeployWorld, InspectCommand } from "../../core/deploy/deploy-ports.ts";
import type { TargetReport } from "../../core/deploy/target-report.ts";
import { changeEnvironment, writeObserved } from "./deploy-change.ts";

/** A target of which nobody has heard for so long is looked at, so that drift shows. */
const LOOK_EVERY_MS = 15 * 60_000;
const GIVE_UP_MS = 20 * 60_000;

export type InspectionAnswer =
  | { readonly kind: "asked"; readonly commandId: string }
  | { readonly kind: "not-asked"; readonly text: string };

/** Put a question to one target; its answer is read later under the id. */
export async function askTarget(
  world: DeployWorld,
  target: string,
  question: InspectCommand,
): Promise<InspectionAnswer> {
  const sent = await world.commands(target)?.send(question);
  if (!sent) return { kind: "not-asked", text: `dayfly.yaml has no target ${target}` };
  return sent.kind === "sent" ? { kind: "asked", commandId: sent.commandId } : { kind: "not-asked", text: sent.text };
}

export type InspectionResult =
  | { readonly kind: "pending" }
  | { readonly kind: "answered"; readonly report: TargetReport }
  | { readonly kind: "no-answer"; readonly text: string };

/** What a target answered; what it says of itself is written down as observed. */
export async function readAnswer(
  world: DeployWorld,
  place: { readonly app: string; readonly env: string },
  target: string,
  commandId: string,
): Promise<InspectionResult> {
  const result = await world.commands(target)?.result(commandId);
  if (!result) return { kind: "no-answer", text: `dayfly.yaml has no target ${target}` };
  if (result.kind === "pending") return result;
  if (result.kind !== "reported") return { kind: "no-answer", text: result.text };
  if (!isOf(place, result.report)) return { kind: "no-answer", text: "its answer is of another place" };
  await writeObserved(world, place, target, result.report);
  return { kind: "answered", report: result.report };
}

/** Whoever may read one environment reads no command of another; a host that is not ready names neither. */
function isOf(place: { readonly app: string; readonly env: string }, { app, env }: TargetReport): boolean {
  return (app ?? place.app) === place.app && (env ?? place.env) === place.env;
}

/**
 * One look of the schedule at one target: reads the answer that is due, or asks when none is under way and the last word is old.
 * Observed comes from here even when nobody deploys, so what somebody changed by hand shows as drift.
 */
export async function lookAtTarget(
  world: DeployWorld,
  place: { readonly app: string; readonly env: string },
  target: string,
): Promise<void> {
  const { app, env } = place;
  const now = world.clock.now();
  const environment = await world.environments.get(app, env);
  if (!environment?.desired || environment.operation !== undefined) return;
  const underway = environment.inspections[target];
  if (underway?.commandId !== undefined && now - underway.since < GIVE_UP_MS) {
    const result = await readAnswer(world, place, target, underway.commandId);
    if (result.kind === "pending") return;
    return setInspection(world, place, target, { since: underway.since });
  }
  if (underway && now - underway.since < LOOK_EVERY_MS) return;
  const asked = await askTarget(world, target, { kind: "inspect", verb: "status", app, env });
  const commandId = asked.kind === "asked" ? { commandId: asked.commandId } : {};
  await setInspection(world, place, target, { since: now, ...commandId });
}

async function setInspection(
  world: DeployWorld,
  { app, env }: { readonly app: string; readonly env: string },
  target: string,
  inspection: { readonly since: number; readonly commandId?: string },
): Promise<void> {
  await changeEnvironment(world, app, env, (environment) => ({
    ...environment,
    inspections: { ...environment.inspections, [target]: inspection },
  }));
}
