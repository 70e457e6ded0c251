import type { CommandSpec } from "../command.ts";
import { lacksPackages } from "../stack/aws-packages.ts";

/** `dayfly targets add`: a Linux host becomes a place to deploy to. */
export const targetsAdd: CommandSpec = {
  name: "targets add",
  summary: "Join a Linux host as a deploy target: an EC2 instance, or any other one",
  details: [
    "With --instance: checks its agent, tags the instance, and installs deployctl there over SSM.",
    "With --script: writes a script that joins the host on which you run it as root, and waits up to ten minutes for it.",
    "The registration in that script serves one host, expires after an hour, and is taken away as soon as the host is there.",
    "Uses your own AWS credentials. Ends with the line for dayfly.yaml; deploy the stack with it, and the host can be sent to.",
  ],
  operands: [{ name: "<name>", text: "what environments of dayfly.yaml call it" }],
  options: [
    { flags: "--instance <id>", text: "an EC2 instance that Systems Manager sees: i-…" },
    { flags: "--script <file>", text: "where to write the script for a host elsewhere, readable by you alone" },
    { flags: "--proxy <url>", text: "with --script: the host's only way out, such as http://10.0.0.1:3128" },
    { flags: "--stack <name>", text: "the stack that will deploy there", fallback: "dayfly" },
    { flags: "--region <region>", text: "without it the one of your AWS settings" },
  ],
  examples: [
    { line: "dayfly targets add web1 --instance i-0123456789abcdef0", says: "an instance of this account" },
    { line: "dayfly targets add edge1 --script join-edge1.sh", says: "any Linux host that can call out by HTTPS" },
  ],
  load: async () => (await import("./targets-add-run.ts").catch(lacksPackages)).addTarget,
};
