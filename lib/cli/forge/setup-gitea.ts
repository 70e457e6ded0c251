import type { CommandSpec } from "../command.ts";
import { dirOption } from "../state-folder.ts";

/** `dayfly setup gitea`: from an address to a Gitea whose jobs can be served. */
export const setupGitea: CommandSpec = {
  name: "setup gitea",
  summary: "From nothing to a working token and webhook at a Gitea, each step checked",
  details: [
    "It asks for an API token where the token file is missing, and never shows one.",
    "With --aws or --to the Gitea is served from AWS; without, from this computer.",
    "Call it again after a failure: what stands already is used.",
  ],
  operands: [{ name: "<repository...>", text: "each as owner/name; a runner is registered and removed again in each" }],
  options: [
    { flags: "--url <address>", text: "of the Gitea" },
    { flags: "--token-file <file>", text: "where its API token is kept, mode 600", fallback: "gitea.token" },
    { flags: "--aws", text: "for a stack that is not deployed yet: the webhook waits for its address" },
    { flags: "--to <address>", text: "where a Dayfly on AWS takes webhooks; ends with /webhook/<name>" },
    {
      flags: "--secret-file <file>",
      text: "on AWS: where the webhooks' secret is kept",
      fallback: "webhook.secret",
    },
    { flags: "--runner <path>", text: "Gitea's runner; without it act_runner or gitea-runner from $PATH" },
    { flags: "--trust", text: "jobs as processes of this computer instead of containers" },
    dirOption,
  ],
  examples: [
    { line: "dayfly setup gitea --url https://git.example.com acme/shop", says: "to serve it from this computer" },
    {
      line: "dayfly setup gitea --url https://git.example.com --aws acme/shop",
      says: "before the first deployment to AWS",
    },
    {
      line: "dayfly setup gitea --url https://git.example.com --to https://ci.example.com/webhook/home acme/shop",
      says: "to serve it from AWS",
    },
  ],
  load: async () => (await import("./setup-gitea-run.ts")).setUpGitea,
};
