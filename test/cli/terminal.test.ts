import { describe, expect, it } from "@jest/globals";
import { printable, terminal } from "../../lib/cli/terminal.ts";

const screen = (isTTY: boolean) => ({ write: () => true, isTTY, columns: 100 });

describe("colours", () => {
  it.each([
    { isTTY: true, environment: {}, colours: true, because: "a terminal shows them" },
    { isTTY: false, environment: {}, colours: false, because: "a pipe does not" },
    { isTTY: true, environment: { NO_COLOR: "1" }, colours: false, because: "NO_COLOR is honoured" },
    { isTTY: true, environment: { NO_COLOR: "" }, colours: true, because: "an empty NO_COLOR says nothing" },
    { isTTY: true, environment: { TERM: "dumb" }, colours: false, because: "a dumb terminal cannot" },
    { isTTY: false, environment: { FORCE_COLOR: "1" }, colours: true, because: "a log may want them" },
    { isTTY: false, environment: { FORCE_COLOR: "1", NO_COLOR: "1" }, colours: false, because: "NO_COLOR is stronger" },
  ])("$because", ({ isTTY, environment, colours }) => {
    const { paint } = terminal(screen(isTTY), screen(isTTY), environment);
    expect(paint("red", "x")).toBe(colours ? "\u001b[31mx\u001b[39m" : "x");
  });
});

it.each([
  ["plain äöü 日本", "plain äöü 日本"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["a\tb", "a\tb"],
  ["a\nb", "a\\x0ab"],
  ["\u202egnp.exe", "\\x202egnp.exe"],
  ["\u0085\u009b", "\\x85\\x9b"],
])("%j is shown as %j", (text, shown) => expect(printable(text)).toBe(shown));

it("leaves line ends where lines are meant", () => {
  expect(printable("a\nb\r", { lines: true })).toBe("a\nb\\x0d");
});
