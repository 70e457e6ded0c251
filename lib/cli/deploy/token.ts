import type { CommandSpec } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption } from "./deploy.ts";

/** `dayfly token`: the same as `token list`. */
export const token: CommandSpec = {
  name: "token",
  summary: "List the tokens of the deploy API; secrets are stored nowhere",
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly token", says: "names, scopes, when they end" }],
  load: async () => (await import("./token-commands.ts")).listTokens,
};

export const tokenList: CommandSpec = {
  ...token,
  name: "token list",
  examples: [{ line: "dayfly token list --json", says: "for a program" }],
};

export const tokenCreate: CommandSpec = {
  name: "token create",
  summary: "Make a token for one app and some of its environments, and print it once",
  details: ["Only its hash is kept. A name is used once, also after it was revoked."],
  operands: [{ name: "<name>", text: "what the audit calls it" }],
  options: [
    { flags: "--app <app>", text: "the one app that it may deploy" },
    { flags: "--env <env>", text: "one environment, or a beginning followed by *: pr-*" },
    { flags: "--days <number>", text: "how long it is good, at most 365", fallback: "30" },
    dirOption,
    ...administratorOptions,
  ],
  examples: [{ line: "dayfly token create laptop --app shop --env 'pr-*'", says: "for previews, thirty days" }],
  load: async () => (await import("./token-commands.ts")).createToken,
};

export const tokenRevoke: CommandSpec = {
  name: "token revoke",
  summary: "Take a token back: from now on it opens nothing",
  operands: [{ name: "<name>", text: "of the token" }],
  options: [dirOption, ...administratorOptions],
  examples: [{ line: "dayfly token revoke laptop", says: "no target has to be touched" }],
  load: async () => (await import("./token-commands.ts")).revokeToken,
};
