/** Looks at a long list in passes of bounded cost, each going on where the last one stopped. */
export interface Rounds {
  /**
   * @param cost what may be spent in this pass; `spend` takes one unit, and the pass ends after the item that took the last one
   * @param look at one item; it should itself stop when `spend` answers false
   */
  pass<T>(items: readonly T[], cost: number, look: (item: T, spend: () => boolean) => Promise<void>): Promise<void>;
}

export function rounds(): Rounds {
  let next = 0;
  return {
    async pass(items, cost, look) {
      let left = cost;
      const spend = (): boolean => {
        left -= 1;
        return left >= 0;
      };
      for (let looked = 0; looked < items.length && left > 0; looked += 1) {
        const item = items[next % items.length];
        next = (next + 1) % items.length;
        if (item !== undefined) await look(item, spend);
      }
    },
  };
}
