import type { Secrets } from "../../lib/core/ports.ts";

/** Recognisable, so that a test can look for them where they must not be. */
export const testSecrets = { current: "marker-secret-current", previous: "marker-secret-previous" } as const;

export function memorySecrets(): Secrets {
  return {
    webhook: async (forge) => (forge === "home" ? [testSecrets.current, testSecrets.previous] : []),
  };
}
