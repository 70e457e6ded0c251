import type { CommandSpec } from "../command.ts";

/** `dayfly doctor`: everything that a push needs, looked at, each with its cure. */
export const doctor: CommandSpec = {
  name: "doctor",
  summary: "Look at all that a push needs, and say what mends it",
  details: [
    "Without a dayfly.yaml that names a region it looks at this computer; with one at the stack on AWS as well, with your own AWS credentials.",
    "Exit code 0: all is well, warnings apart; 1: something is bad; 3: nothing is, but not everything could be looked at.",
  ],
  options: [
    { flags: "--config <file>", text: "without it dayfly.yaml, where there is one" },
    { flags: "--repo <owner/name>", text: "also the webhook of this repository", repeat: true },
    { flags: "--json", text: "print JSON" },
  ],
  examples: [
    { line: "dayfly doctor", says: "before the first run, and whenever one does not start" },
    { line: "dayfly doctor --json", says: "for a program; the exit code says the rest" },
  ],
  load: async () => (await import("./doctor-run.ts")).runDoctor,
};
