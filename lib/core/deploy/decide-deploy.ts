import type { Instant } from "../event.ts";
import { decideStep, STEP_MS } from "./decide-step.ts";
import { type Deploy, isOver, openStep } from "./deploy.ts";
import { endDeploy, finishStep, moveTo } from "./deploy-change.ts";
import type { DeployEvent, EventOf } from "./deploy-event.ts";

/** When an operation before it is looked at again, in milliseconds. */
const HELD_MS = 15_000;

/**
 * The life of a deploy: what an event makes of it. Returns the same object when the event changes nothing.
 *
 * A command that may have arrived is never called lost before its target has said so or its time is over: the same deploy id
 * is applied at most once there, so a doubtful send may be repeated, and an answer may be asked for again.
 */
export function decideDeploy(deploy: Deploy, event: DeployEvent): Deploy {
  if (isOver(deploy)) return deploy;
  if (event.at >= deploy.deadline) return giveUp(deploy, event.at);
  switch (event.kind) {
    case "desired":
      return deploy.status === "waiting" ? desire(deploy, event) : deploy;
    case "superseded":
      return deploy.status === "running"
        ? deploy
        : endDeploy(deploy, event.at, "superseded", { code: "superseded", text: event.text });
    case "held":
      return deploy.status === "pending" ? { ...deploy, dueAt: event.at + HELD_MS, nextAction: event.text } : deploy;
    case "began":
      return deploy.status === "pending" ? begin(deploy, event.at) : deploy;
    default:
      return decideStep(deploy, event);
  }
}

/** Its turn comes when the one before it has ended, which that one does in its time. */
function desire(deploy: Deploy, { at, fence, approvedBy }: EventOf<"desired">): Deploy {
  const reason = approvedBy
    ? { code: "approved", text: `approved by ${approvedBy}` }
    : { code: "desired", text: "stored as desired" };
  const facts = { ...deploy, fence, deadline: at + 2 * deploy.steps.length * STEP_MS };
  const next = { dueAt: at, nextAction: "take its turn" };
  return moveTo(approvedBy ? { ...facts, approvedBy } : facts, at, "pending", reason, next);
}

function begin(deploy: Deploy, at: Instant): Deploy {
  const reason = { code: "began", text: "its turn has come" };
  const deadline = at + deploy.steps.length * STEP_MS;
  return moveTo({ ...deploy, deadline }, at, "running", reason, { dueAt: at, nextAction: "send the command" });
}

/** Past the deadline: what was under way may have happened, and nobody will tell us. */
function giveUp(deploy: Deploy, at: Instant): Deploy {
  const step = openStep(deploy);
  if (deploy.status === "running" && step && step.state !== "idle" && step.state !== "done")
    return finishStep(deploy, step, at, { kind: "unknown", text: "its deadline has passed" });
  const text = deploy.status === "waiting" ? "nobody approved it in time" : "its turn did not come in time";
  return endDeploy(deploy, at, "expired", { code: "deadline", text });
}
