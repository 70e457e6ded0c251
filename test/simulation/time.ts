import { type VirtualClock, virtualClock } from "../world/virtual-clock.ts";

/**
 * Virtual time: what happens next is what is due next, and nothing ever waits for real.
 * Two events at one instant happen in the order in which they were scheduled, so a seed always tells the same story.
 */
export interface Time {
  readonly clock: VirtualClock;
  after(seconds: number, act: () => void): void;
  sleep(seconds: number): Promise<void>;
  /** Runs until nothing is due before `seconds` from the start; `tick` sees the world after every event. */
  run(seconds: number, tick: () => void): Promise<void>;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export function virtualTime(): Time {
  const clock = virtualClock();
  const start = clock.now();
  const heap: Due[] = [];
  let order = 0;

  function after(seconds: number, act: () => void): void {
    push(heap, { at: clock.now() + seconds * 1000, order: order++, act });
  }

  return {
    clock,
    after,
    sleep: (seconds) => new Promise((resolve) => after(seconds, resolve)),
    async run(seconds, tick) {
      const until = start + seconds * 1000;
      for (let next = heap[0]; next && next.at <= until; next = heap[0]) {
        pop(heap);
        clock.advanceTo(next.at);
        next.act();
        await settled();
        tick();
      }
      clock.advanceTo(until);
    },
  };
}

/** Every promise that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Due[], due: Due): void {
  let child = heap.push(due) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfBefore(heap, child, parent)) return;
    child = parent;
  }
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  for (let parent = 0; ; ) {
    const [left, right] = [2 * parent + 1, 2 * parent + 2];
    const smaller = right < heap.length && before(heap[right]!, heap[left]!) ? right : left;
    if (smaller >= heap.length || !swapIfBefore(heap, smaller, parent)) return;
    parent = smaller;
  }
}

function swapIfBefore(heap: Due[], child: number, parent: number): boolean {
  const [a, b] = [heap[child]!, heap[parent]!];
  if (!before(a, b)) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
