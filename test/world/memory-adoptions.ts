import type { Adoptions } from "../../lib/core/ports.ts";

export function memoryAdoptions(): Adoptions {
  const runKeys = new Map<string, string>();
  return {
    async adopt(jobKey, runKey) {
      const standing = runKeys.get(jobKey) ?? runKey;
      runKeys.set(jobKey, standing);
      return standing;
    },
    find: async (jobKey) => runKeys.get(jobKey),
  };
}
