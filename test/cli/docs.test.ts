import { readFile } from "node:fs/promises";
import { expect, it } from "@jest/globals";
import { commands } from "../../lib/cli/commands.ts";
import { dayfly } from "./command-line.ts";

it("docs/reference/commands.md is what the declarations say (npm run docs writes it)", async () => {
  const page = await readFile(new URL("../../docs/reference/commands.md", import.meta.url), "utf8");
  expect(page).toBe((await dayfly(["docs", "commands"])).out);
});

it("prints every command without a topic", async () => {
  const { out } = await dayfly(["docs"]);
  for (const { name } of commands) expect(out).toContain(`## dayfly ${name}\n`);
});

it("prints one command", async () => {
  const { out } = await dayfly(["docs", "docs"]);
  expect(out).toContain("## dayfly docs");
  expect(out).toContain("| `--json` |");
});

it("prints one key of dayfly.yaml and what is below it", async () => {
  const { out } = await dayfly(["docs", "config", "stack.network"]);
  expect(out).toContain("stack.network.subnets: list of text, required");
});

it.each([
  ["docs", "schema"],
  ["docs", "config", "--json"],
  ["docs", "--json"],
])("%j %j is JSON", async (...argv) => {
  const { code, out } = await dayfly(argv);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toBeTruthy();
});
