// `npm run docs`: writes docs/reference from the declarations in lib. Tests compare the pages with them.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const pages = [
  ["docs/reference/commands.md", ["docs", "commands"]],
  ["docs/reference/config.md", ["docs", "config"]],
  ["docs/reference/dayfly.schema.json", ["docs", "schema"]],
];

for (const [file, argv] of pages) {
  writeFileSync(file, execFileSync(process.execPath, ["bin/dayfly.mjs", ...argv]));
}
