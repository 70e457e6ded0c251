import { describe, expect, it } from "@jest/globals";
import { maySet, parseAssignments } from "../../../lib/local/runner/assignments.ts";

describe("what a step writes to its files", () => {
  it.each([
    { given: "", then: {}, because: "nothing" },
    { given: "a=1\nb=2\n", then: { a: "1", b: "2" }, because: "one a line" },
    { given: "a=1\r\nb=2\r\n", then: { a: "1", b: "2" }, because: "Windows line ends" },
    { given: "a=\n", then: { a: "" }, because: "an empty value" },
    { given: "a=1=2<<3", then: { a: "1=2<<3" }, because: "the first = counts" },
    { given: "a=1\na=2", then: { a: "2" }, because: "the last one wins" },
    { given: "a<<EOF\n1\n\n2\nEOF\nb=3", then: { a: "1\n\n2", b: "3" }, because: "several lines" },
    { given: "a<<EOF\nEOF\n", then: { a: "" }, because: "no lines" },
    { given: "a<<E=F\nx\nE=F\n", then: { a: "x" }, because: "a mark may hold =" },
    { given: "a<<EOF\nb=1\n EOF\nEOF", then: { a: "b=1\n EOF" }, because: "the mark stands alone on its line" },
    { given: "__proto__=1", then: ["__proto__"], because: "any name is a name" },
  ])("$because", ({ given, then }) => {
    const values = parseAssignments(given);
    expect(Array.isArray(then) ? [...values.keys()] : Object.fromEntries(values)).toEqual(then);
  });

  it.each(["a", "=1", "<<EOF\nx\nEOF", "a<<\nx", "a<<EOF\nx\n"])("is refused as %j", (text) => {
    expect(() => parseAssignments(text)).toThrow(/neither name=value|never come to/);
  });

  it.each([
    { name: "GITHUB_SHA", then: false },
    { name: "github_token", then: false },
    { name: "RUNNER_TEMP", then: false },
    { name: "DAYFLY_MACHINE", then: false },
    { name: "node_options", then: false },
    { name: "MY_GITHUB_SHA", then: true },
    { name: "PATH", then: true },
  ])("may set $name: $then", ({ name, then }) => {
    expect(maySet(name)).toBe(then);
  });
});
