import type { HttpWorld } from "../http/http-client.ts";

export interface GithubOptions {
  /** The forge's name in our configuration. */
  readonly name: string;
  /** `https://github.com`, or an Enterprise Server. */
  readonly url: string;
  readonly auth: GithubAuth;
  readonly world: HttpWorld;
  readonly allows?: (name: string) => boolean;
  /** Told of every single request, for counting. */
  readonly onRequest?: (request: { method: string; path: string }) => void;
}

export type GithubAuth =
  | { readonly kind: "token"; readonly token: () => Promise<string> }
  | { readonly kind: "app"; readonly id: string; readonly key: () => Promise<string> };
