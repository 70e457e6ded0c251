import type { CommandSpec } from "../command.ts";

/** `dayfly targets file`: what dayfly.yaml says, in the words of a host. */
export const targetsFile: CommandSpec = {
  name: "targets file",
  summary: "Write the file of one app for one host: /etc/dayfly/apps/<app>.env, as far as dayfly.yaml knows it",
  details: ["What only the host's owner knows stands there as a comment. The file on the host has the last word."],
  operands: [
    { name: "<target>", text: "of dayfly.yaml" },
    { name: "<app>", text: "of dayfly.yaml" },
  ],
  options: [{ flags: "--config <file>", text: "instead of dayfly.yaml here" }],
  examples: [{ line: "dayfly targets file web1 shop >shop.env", says: "to be filled in and put on the host" }],
  load: async () => (await import("./targets-file-run.ts")).printTargetFile,
};
