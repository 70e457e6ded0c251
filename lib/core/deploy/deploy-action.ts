import type { Instant } from "../event.ts";
import { type Deploy, isOver, openStep } from "./deploy.ts";
import type { DeployCommand } from "./deploy-ports.ts";

/** What has to be done for a deploy now. */
export type DeployAction =
  | { readonly kind: "nothing" }
  | { readonly kind: "give-up" }
  | { readonly kind: "take-turn" }
  | { readonly kind: "send"; readonly target: string }
  | { readonly kind: "find"; readonly target: string }
  | { readonly kind: "follow"; readonly target: string; readonly commandId: string }
  | { readonly kind: "inspect"; readonly target: string }
  | { readonly kind: "read-inspection"; readonly target: string; readonly inspectionId: string };

export function nextAction(deploy: Deploy, at: Instant): DeployAction {
  if (isOver(deploy) || (deploy.dueAt !== undefined && deploy.dueAt > at)) return { kind: "nothing" };
  if (at >= deploy.deadline) return { kind: "give-up" };
  if (deploy.status === "waiting") return { kind: "nothing" };
  if (deploy.status === "pending") return { kind: "take-turn" };
  const step = openStep(deploy);
  if (!step) return { kind: "nothing" };
  const { target } = step;
  switch (step.state) {
    case "idle":
      return { kind: "send", target };
    case "sending":
      return { kind: "find", target };
    case "sent":
      return { kind: "follow", target, commandId: step.commandId };
    case "asking":
      if (step.resend) return { kind: "send", target };
      if (step.inspectionId === undefined) return { kind: "inspect", target };
      return { kind: "read-inspection", target, inspectionId: step.inspectionId };
    case "done":
      return { kind: "nothing" };
  }
}

/** The command of the step that is being sent; undefined where none is. */
export function commandOf(deploy: Deploy): DeployCommand | undefined {
  const step = openStep(deploy);
  if (step?.state !== "sending") return undefined;
  const { app, env, op, release, force, id, fence } = deploy;
  const asked = { kind: "deploy", op, app, env, force, deployId: id, fence, notAfter: step.notAfter } as const;
  return release ? { ...asked, release } : asked;
}
