import type { Instant } from "../../lib/core/event.ts";
import type { Clock, DeadLetter, DeadLetters, Handled, Message, MessageHandler, Queue } from "../../lib/core/ports.ts";
import { backoffSeconds } from "../../lib/core/run/backoff.ts";
import { delayOf, fateOf, type RedeliveryPolicy, usualRedelivery } from "../../lib/core/webhook/redelivery.ts";

/** A queue in virtual time: nothing moves until somebody receives or pumps. */
export interface MemoryQueue extends Queue {
  /** The due message that waits longest, hidden from others for the visibility time; undefined when none is due. */
  receive(): Received | undefined;
  /** Says what became of a received message. Never said (a crash), it comes again after the visibility time. */
  settle(id: number, handled: Handled): void;
  /** Receives and settles until nothing is due; returns how many were handed over. */
  pump(handler: MessageHandler): Promise<number>;
  /** When the next message is due; undefined when the queue is empty. */
  nextAt(): Instant | undefined;
  /** Everything that still waits or is being handled, oldest first. */
  waiting(): readonly Message[];
  readonly deadLetters: DeadLetters;
}

export interface Received {
  readonly id: number;
  readonly message: Message;
  readonly receiveCount: number;
}

interface Waiting {
  readonly id: number;
  readonly message: Message;
  dueAt: Instant;
  receiveCount: number;
}

export function memoryQueue(clock: Clock, policy: RedeliveryPolicy = usualRedelivery): MemoryQueue {
  const waiting = new Map<number, Waiting>();
  const dead: (DeadLetter & { readonly message: Message })[] = [];
  let lastId = 0;

  function enqueue(message: Message, delaySeconds: number): void {
    const id = ++lastId;
    waiting.set(id, { id, message, dueAt: clock.now() + delaySeconds * 1000, receiveCount: 0 });
  }

  function next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const entry of waiting.values()) if (!first || entry.dueAt < first.dueAt) first = entry;
    return first;
  }

  function bury(entry: Waiting, reason: string): void {
    waiting.delete(entry.id);
    dead.push({ message: entry.message, body: JSON.stringify(entry.message), reason });
  }

  function receive(): Received | undefined {
    const entry = next();
    if (!entry || entry.dueAt > clock.now()) return undefined;
    if (entry.receiveCount >= policy.maxReceives) {
      bury(entry, "its handler never answered");
      return receive();
    }
    entry.receiveCount += 1;
    entry.dueAt = clock.now() + policy.visibilitySeconds * 1000;
    return { id: entry.id, message: structuredClone(entry.message), receiveCount: entry.receiveCount };
  }

  function settle(id: number, handled: Handled): void {
    const entry = waiting.get(id);
    if (!entry) return;
    const fate = fateOf(handled, entry.receiveCount, policy);
    if (fate.kind === "forget") waiting.delete(id);
    else if (fate.kind === "dead") bury(entry, fate.reason);
    else entry.dueAt = clock.now() + fate.seconds * 1000;
  }

  return {
    receive,
    settle,
    async send(message, delaySeconds = 0) {
      enqueue(structuredClone(message), delayOf(delaySeconds));
    },
    async pump(handler) {
      let count = 0;
      for (let received = receive(); received; received = receive()) {
        const { id, message, receiveCount } = received;
        const again: Handled = { kind: "retry", seconds: backoffSeconds(receiveCount, 0.5) };
        settle(id, await handler(message, receiveCount).catch(() => again));
        count += 1;
      }
      return count;
    },
    nextAt: () => next()?.dueAt,
    waiting: () => [...waiting.values()].map(({ message }) => message),
    deadLetters: {
      list: async (limit) => dead.slice(0, limit).map(({ body, reason }) => ({ body, reason })),
      async redrive() {
        const letters = dead.splice(0);
        for (const { message } of letters) enqueue(message, 0);
        return letters.length;
      },
    },
  };
}
