import type { Log, MessageHandler } from "../core/ports.ts";
import type { LocalQueue } from "./queue.ts";

export interface PumpOptions {
  readonly queue: LocalQueue;
  readonly handler: MessageHandler;
  readonly log: Log;
  /** Messages in hand at one time. */
  readonly concurrency?: number;
}

export interface Pump {
  /** Takes no further message; resolves when those in hand are settled. */
  stop(): Promise<void>;
}

/** Another process may have sent something: look at least so often. */
const LOOK_MS = 500;

/** Hands the queue's messages to the handler as they become due, until it is stopped. One pump for one store. */
export function startPump({ queue, handler, log, concurrency = 4 }: PumpOptions): Pump {
  queue.releaseHeld();
  let stopped = false;
  const sleepers = new Set<() => void>();
  queue.onSend(wakeAll);

  function wakeAll(): void {
    for (const wake of sleepers) wake();
  }

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(wake, LOOK_MS);
      function wake(): void {
        clearTimeout(timer);
        sleepers.delete(wake);
        resolve();
      }
      sleepers.add(wake);
    });
  }

  async function work(): Promise<void> {
    while (!stopped) {
      // A store that fails for a moment must not end the pump.
      const busy = await queue.handleNext(handler).catch((error: unknown) => {
        log.error("the queue could not be used", { error });
        return false;
      });
      if (!busy && !stopped) await sleep();
    }
  }

  const workers = Array.from({ length: concurrency }, work);
  return {
    async stop() {
      stopped = true;
      wakeAll();
      await Promise.all(workers);
    },
  };
}
