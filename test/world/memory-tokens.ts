import type { ApiToken } from "../../lib/core/deploy/api-token.ts";
import type { Tokens } from "../../lib/core/deploy/deploy-ports.ts";

export function memoryTokens(): Tokens {
  const tokens = new Map<string, ApiToken>();
  return {
    async create(token) {
      if (tokens.has(token.name)) return "exists";
      tokens.set(token.name, structuredClone(token));
      return "created";
    },
    async byHash(hash) {
      return [...tokens.values()].find((token) => token.hash === hash);
    },
    async list() {
      return [...tokens.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async revoke(name, at) {
      const token = tokens.get(name);
      if (!token) return "unknown";
      if (token.revokedAt === undefined) tokens.set(name, { ...token, revokedAt: at });
      return "revoked";
    },
  };
}
