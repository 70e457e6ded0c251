import type { CommandSpec } from "../command.ts";
import { dirOption } from "../state-folder.ts";
import { forgeOptions } from "./forge-access.ts";

/** `dayfly hooks add`: a forge tells us at once what happens. */
export const hooksAdd: CommandSpec = {
  name: "hooks add",
  summary: "Create or repair webhooks at a forge, and try them",
  details: [
    "Called again it finds what is there, and mends what is not as it should be: events, secret, content type, doubles.",
    "Beside a `dayfly start --url` it needs no options: address, token and secret are those of its folder.",
    "Exit code 1: a test delivery did not arrive, or was refused.",
  ],
  operands: [{ name: "[repository...]", text: "each as owner/name" }],
  options: [
    { flags: "--owner <name>", text: "one hook for everything of this organisation", repeat: true },
    { flags: "--everything", text: "one hook for all repositories: an administrator's token, or a GitHub App" },
    ...forgeOptions,
    { flags: "--to <address>", text: "where Dayfly takes webhooks; without it where `dayfly start` does" },
    { flags: "--secret-file <file>", text: "holds the secret that signs them, mode 600; without it the folder's own" },
    dirOption,
  ],
  examples: [
    { line: "dayfly hooks add acme/shop acme/site", says: "for the Gitea that `dayfly start --url` serves" },
    {
      line: "dayfly hooks add --owner acme --url https://git.example.com --token-file token --to https://ci.example.com/webhook/home --secret-file secret",
      says: "one for a whole organisation, to any Dayfly",
    },
  ],
  load: async () => (await import("./hooks-add-run.ts")).addHooks,
};
