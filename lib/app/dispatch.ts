import type { DeployWorld } from "../core/deploy/deploy-ports.ts";
import { UserError, WorldError } from "../core/errors.ts";
import type { Envelope } from "../core/event.ts";
import type { Delivery, Handled, Message, World } from "../core/ports.ts";
import { backoffSeconds } from "../core/run/backoff.ts";
import { isAllowed } from "../core/webhook/allow.ts";
import { advance } from "./advance.ts";
import { advanceDeploy } from "./deploy/deploy-advance.ts";
import { takeJobEvent } from "./job-event.ts";
import { planEnvelope } from "./plan.ts";

/**
 * Handle one queued message: an event becomes rows, a wake-up moves a run or a deploy on. Harmless when repeated.
 *
 * What can never succeed is poison: it is written down as failed, and its message ends among the dead letters.
 */
export async function dispatch(world: World | DeployWorld, message: Message, receiveCount: number): Promise<Handled> {
  try {
    if (message.kind === "wake") await advance(world, message.runKey);
    else if (message.kind === "event") await takeEvent(world, message.envelope);
    // A world without deploys has sent no such message.
    else if ("deploys" in world) await advanceDeploy(world, message.deployId);
    return { kind: "done" };
  } catch (error) {
    if (error instanceof WorldError && error.retryable) {
      world.log.warn("message comes again", { ...idsOf(message), receiveCount, error: error.message });
      return {
        kind: "retry",
        seconds: error.retryAfterSeconds ?? backoffSeconds(receiveCount, world.random.fraction()),
      };
    }
    if (!(error instanceof WorldError || error instanceof UserError)) throw error;
    world.log.error("message is poison", { ...idsOf(message), receiveCount, error: error.message });
    if (message.kind === "event") await note(world, message.envelope, "failed", error.message);
    return { kind: "poison", reason: error.message };
  }
}

/** One event of a forge, whoever told of it: a webhook, the spool, the sweep. */
export async function takeEvent(world: World, envelope: Envelope): Promise<void> {
  const { forge: name, repo } = envelope;
  const config = world.config.forges.find((forge) => forge.name === name);
  const forge = world.forge(name);
  if (!config || !forge) return note(world, envelope, "ignored", `no forge is called ${name}`);
  if (!isAllowed(config.allow, repo.name))
    return note(world, envelope, "ignored", `${repo.name} is not on the allow-list`);
  // The sweep hands over again what it cannot know to be planned.
  if ((await world.journal.delivery(name, envelope.deliveryId))?.outcome === "planned") return;
  if (envelope.job) {
    await takeJobEvent(world, envelope, envelope.job);
    return note(world, envelope, "planned");
  }
  await planEnvelope(world, forge, envelope);
  // Last: a crash before this line is healed by the next delivery, which finds the rows that are there already.
  return note(world, envelope, "planned");
}

async function note(world: World, envelope: Envelope, outcome: Delivery["outcome"], reason?: string): Promise<void> {
  const { forge, deliveryId: id, event, repo, at } = envelope;
  if (outcome !== "planned")
    world.log.info("event not planned", { forge, deliveryId: id, event, repo: repo.name, outcome, reason });
  await world.journal.recordDelivery({ forge, id, event, repo, at, outcome, ...(reason ? { reason } : {}) });
}

function idsOf(message: Message): Readonly<Record<string, string>> {
  if (message.kind === "deploy") return { deployId: message.deployId };
  return message.kind === "wake" ? { runKey: message.runKey } : { deliveryId: message.envelope.deliveryId };
}
