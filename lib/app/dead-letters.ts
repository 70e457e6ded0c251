import type { Envelope, Instant } from "../core/event.ts";
import type { DeadLetter, DeadLetters, World } from "../core/ports.ts";
import { readMessage } from "../core/run/message-codec.ts";
import type { Run } from "../core/run/run.ts";
import { keyOfDeadLetter } from "../core/run/run-key.ts";
import { factsOf, newRun } from "./new-run.ts";

/** Letters looked at in one pass. */
const AT_MOST = 50;

/**
 * Writes a row for each event that was given up, so that whoever asks why nothing ran finds it among the runs, with the reason.
 *
 * The letters stay where they are: an alarm counts them, and a person gives them a fresh start. An event that was planned after all,
 * by the sweep or by that fresh start, gets no row. A wake-up needs none: its run has one, and the sweep moves it on.
 *
 * @returns how many rows are new
 */
export async function noteDeadLetters(world: World, letters: Pick<DeadLetters, "list">): Promise<number> {
  let noted = 0;
  // One broken letter, or a queue that does not answer, never stops the rest of a pass.
  for (const letter of await letters.list(AT_MOST).catch((error) => failed(world, error, []))) {
    if (await note(world, letter).catch((error) => failed(world, error, false))) noted++;
  }
  return noted;
}

function failed<T>(world: World, error: unknown, otherwise: T): T {
  world.log.error("dead letter not noted", { error: error instanceof Error ? error.message : String(error) });
  return otherwise;
}

async function note(world: World, { body, reason }: DeadLetter): Promise<boolean> {
  const message = readMessage(body);
  if (message?.kind !== "event") return false;
  const { envelope } = message;
  const { forge, deliveryId: id, event, repo, at } = envelope;
  if ((await world.journal.delivery(forge, id))?.outcome === "planned") return false;
  const run = rowOf(envelope, reason, world.clock.now());
  if ((await world.runs.create(run)) === "exists") return false;
  await world.journal.recordDelivery({ forge, id, event, repo, at, outcome: "failed", reason });
  world.log.warn("event given up", { forge, deliveryId: id, event, repo: repo.name, runKey: run.key, reason });
  return true;
}

function rowOf(envelope: Envelope, why: string, at: Instant): Run {
  const { forge, deliveryId, event, job } = envelope;
  const facts = factsOf(envelope);
  return newRun(
    {
      ...facts,
      key: keyOfDeadLetter(forge, deliveryId),
      sha: job?.headSha ?? facts.sha,
      jobName: job?.name ?? `(${event})`,
      labels: job?.labels ?? [],
      needs: [],
      reason: { code: "dead-letter", text: `this event was given up: ${why}` },
    },
    "failed",
    at,
  );
}
