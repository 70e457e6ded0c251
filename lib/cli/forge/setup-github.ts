import type { CommandSpec } from "../command.ts";

/** `dayfly setup github`: a GitHub App of one's own, with the least rights. */
export const setupGithub: CommandSpec = {
  name: "setup github",
  summary: "From nothing to a GitHub App with its key and webhook, each step checked",
  details: [
    "Your browser makes the App at GitHub, from a description that this command hands to it; then you install it on the repositories.",
    "The App's key and its webhook secret go into files of mode 600 and are never shown.",
    "Call it again after a failure: an App that was made is used.",
  ],
  operands: [{ name: "<repository...>", text: "each as owner/name; a runner is registered and removed again in each" }],
  options: [
    { flags: "--url <address>", text: "of GitHub, or of an Enterprise Server", fallback: "https://github.com" },
    { flags: "--org <name>", text: "the organisation that will own the App; without it you will" },
    { flags: "--name <name>", text: "of the App; GitHub has every name once", fallback: "dayfly-ci" },
    { flags: "--to <address>", text: "where a Dayfly on AWS takes webhooks; without it the App sends none yet" },
    { flags: "--out <folder>", text: "where key and secret are kept", fallback: "github-app" },
    { flags: "--port <number>", text: "of the page for your browser; 0 takes any free one", fallback: "0" },
  ],
  examples: [
    {
      line: "dayfly setup github --org acme --to https://ci.example.com/webhook/hub acme/shop",
      says: "an App of the organisation acme, installed on one repository",
    },
  ],
  load: async () => (await import("./setup-github-run.ts")).setUpGithub,
};
