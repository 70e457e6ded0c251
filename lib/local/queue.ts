import { isoOf } from "../core/iso-time.ts";
import type { Clock, DeadLetter, DeadLetters, Handled, Log, MessageHandler, Queue } from "../core/ports.ts";
import { backoffSeconds } from "../core/run/backoff.ts";
import { readMessage } from "../core/run/message-codec.ts";
import { delayOf, fateOf, type RedeliveryPolicy, usualRedelivery } from "../core/webhook/redelivery.ts";
import { type StoreFile, useFile } from "./store/store-file.ts";

/** A queue in the store's file: what `send` has accepted survives every crash. */
export interface LocalQueue extends Queue {
  readonly deadLetters: DeadLetters;
  /** Hands over one due message and settles it; false when none is due. */
  handleNext(handler: MessageHandler): Promise<boolean>;
  /**
   * Makes due again what a handler had in hand when its process died. Only for a process that has just started
   * and is the only one that pumps.
   */
  releaseHeld(): void;
  /** Calls back after each `send` of this process. */
  onSend(callback: () => void): void;
}

export interface LocalQueueOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly policy?: RedeliveryPolicy;
}

interface Received {
  readonly id: number;
  readonly body: string;
  readonly receiveCount: number;
}

export function localQueue(file: StoreFile, { clock, log, policy = usualRedelivery }: LocalQueueOptions): LocalQueue {
  const insert = file.prepare("INSERT INTO messages (body, sentAt, dueAt, receiveCount, held) VALUES (?, ?, ?, 0, 0)");
  const take = file.prepare(takeNext);
  const forget = file.prepare("DELETE FROM messages WHERE id = ?");
  const postpone = file.prepare("UPDATE messages SET dueAt = ?, held = 0 WHERE id = ? AND receiveCount = ?");
  const callbacks: (() => void)[] = [];

  function inSeconds(seconds: number): string {
    return isoOf(clock.now() + seconds * 1000);
  }

  /** Counted when it is handed over: a message that kills its process must not come back for ever. */
  function receive(): Received | undefined {
    const received = take.get({ now: inSeconds(0), hiddenUntil: inSeconds(policy.visibilitySeconds) });
    return received as Received | undefined;
  }

  function settle({ id, body, receiveCount }: Received, handled: Handled): void {
    const fate = fateOf(handled, receiveCount, policy);
    if (fate.kind === "forget") forget.run(id);
    // The count is the receipt: who comes back after its visibility time changes nothing any more.
    else if (fate.kind === "again") postpone.run(inSeconds(fate.seconds), id, receiveCount);
    else bury(id, body, fate.reason);
  }

  const bury = file.transaction((id: number, body: string, reason: string) => {
    log.error("a message was given up", { reason });
    forget.run(id);
    file
      .prepare("INSERT OR IGNORE INTO deadLetters (id, body, reason, diedAt) VALUES (?, ?, ?, ?)")
      .run(id, body, reason, inSeconds(0));
  }).immediate;

  const redrive = file.transaction((): number => {
    const now = inSeconds(0);
    const letters = file.prepare("DELETE FROM deadLetters RETURNING body").all() as { body: string }[];
    for (const { body } of letters) insert.run(body, now, now);
    return letters.length;
  }).immediate;

  async function handle(received: Received, handler: MessageHandler): Promise<Handled> {
    const { body, receiveCount } = received;
    if (receiveCount > policy.maxReceives) return { kind: "poison", reason: "its handler never answered" };
    const message = readMessage(body);
    if (!message) return { kind: "poison", reason: "it is not a message of Dayfly" };
    try {
      return await handler(message, receiveCount);
    } catch (error) {
      log.error("a message's handler failed", { error });
      return { kind: "retry", seconds: backoffSeconds(receiveCount, Math.random()) };
    }
  }

  return {
    async send(message, delaySeconds = 0) {
      const dueAt = inSeconds(delayOf(delaySeconds));
      useFile(() => insert.run(JSON.stringify(message), inSeconds(0), dueAt));
      for (const callback of callbacks) callback();
    },
    async handleNext(handler) {
      const received = useFile(receive);
      if (!received) return false;
      const handled = await handle(received, handler);
      useFile(() => settle(received, handled));
      return true;
    },
    releaseHeld() {
      useFile(() => file.prepare("UPDATE messages SET dueAt = ?, held = 0 WHERE held = 1").run(inSeconds(0)));
    },
    onSend: (callback) => void callbacks.push(callback),
    deadLetters: {
      async list(limit) {
        return useFile(() => {
          const rows = file.prepare("SELECT body, reason FROM deadLetters ORDER BY id LIMIT ?").all(limit);
          return (rows as DeadLetter[]).map(({ body, reason }) => ({ body, reason }));
        });
      },
      redrive: async () => useFile(() => redrive()),
    },
  };
}

const takeNext = `
  UPDATE messages SET receiveCount = receiveCount + 1, dueAt = @hiddenUntil, held = 1
  WHERE id = (SELECT id FROM messages WHERE dueAt <= @now ORDER BY dueAt, id LIMIT 1)
  RETURNING id, body, receiveCount`;
