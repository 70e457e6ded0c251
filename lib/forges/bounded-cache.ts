/** Values of immutable names (git's ids), the least recently used ones dropped when their weights exceed the limit. */
export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

export function boundedCache<V>(limit: number, weightOf: (value: V) => number): BoundedCache<V> {
  const kept = new Map<string, V>();
  let weight = 0;

  function drop(key: string): void {
    const value = kept.get(key);
    if (value === undefined) return;
    kept.delete(key);
    weight -= weightOf(value);
  }

  return {
    get(key) {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    set(key, value) {
      drop(key);
      kept.set(key, value);
      weight += weightOf(value);
      for (const oldest of kept.keys()) {
        if (weight <= limit) break;
        drop(oldest);
      }
    },
  };
}
