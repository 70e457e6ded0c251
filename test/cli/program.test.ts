import { describe, expect, it } from "@jest/globals";
import { commands } from "../../lib/cli/commands.ts";
import { dayfly } from "./command-line.ts";

describe("a wrong command line", () => {
  it.each([
    { argv: ["dosc"], what: "unknown command 'dosc'", remedy: "Did you mean docs?" },
    { argv: ["docs", "--jsno"], what: "unknown option '--jsno'", remedy: "Did you mean --json?" },
    { argv: ["docs", "rnus"], what: 'there is no command or topic "rnus"', remedy: "There are: config, schema" },
    {
      argv: ["docs", "config", "profile"],
      what: 'dayfly.yaml has no key "profile"',
      remedy: "At its top it has: stack",
    },
  ])("$argv is told in three lines, with the nearest right one", async ({ argv, what, remedy }) => {
    const { code, out, err } = await dayfly(argv);
    const lines = err.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`error ${what}`);
    expect(lines[1]).toBe(`where dayfly ${argv.join(" ")}`);
    expect(lines[2]).toContain(remedy);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("shows what there is when nothing was asked, and says by its code that this did nothing", async () => {
    const { code, out, err } = await dayfly([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Usage: dayfly");
  });

  it("makes control characters of the command line visible", async () => {
    const { err } = await dayfly(["\u001b[2J\u0007"]);
    expect(err).toContain("\\x1b[2J\\x07");
    expect(err).not.toContain("\u001b");
  });
});

describe("help", () => {
  it.each(commands.map(({ name }) => name))(
    "dayfly %s --help has its options and its examples, on stdout",
    async (name) => {
      const { code, out, err } = await dayfly([...name.split(" "), "--help"]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const { flags } of commands.find((spec) => spec.name === name)!.options ?? []) expect(out).toContain(flags);
      for (const { line } of commands.find((spec) => spec.name === name)!.examples) expect(out).toContain(line);
    },
  );

  it.each(commands)("dayfly $name gives examples that call it", ({ name, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const { line } of examples) expect(line).toMatch(/^(dayfly|git|npx dayfly) .*/);
    expect(examples.some(({ line }) => line.includes(`dayfly ${name}`))).toBe(true);
  });
});
