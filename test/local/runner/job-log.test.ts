import { describe, expect, it } from "@jest/globals";
import { jobLog } from "../../../lib/local/runner/job-log.ts";

function printed(...lines: readonly string[]): { lines: string[]; outputs: Record<string, string> } {
  const seen: string[] = [];
  const outputs: Record<string, string> = {};
  const listen = jobLog((line) => seen.push(line)).listener((name, value) => {
    outputs[name] = value;
  });
  for (const line of lines) listen(line);
  return { lines: seen, outputs };
}

describe("the log of a job", () => {
  it("shows commands as the forges do", () => {
    expect(
      printed("::group::One", "::endgroup::", "::error file=a.ts,line=3,title=Oh::bad", "::notice::fine", "::debug::d")
        .lines,
    ).toEqual(["##[group]One", "##[endgroup]", "##[error]Oh: bad (a.ts:3)", "##[notice]fine", "##[debug]d"]);
  });

  it("prints what is no command as it is", () => {
    expect(printed("plain", "::unknown::x", "a ::error::b").lines).toEqual(["plain", "::unknown::x", "a ::error::b"]);
  });

  it("takes outputs", () => {
    expect(printed("::set-output name=a::1").outputs).toEqual({ a: "1" });
  });

  it("obeys nothing between a stop and its token", () => {
    expect(printed("::stop-commands::Token", "::set-output name=a::1", "::TOKEN::", "::set-output name=b::2")).toEqual({
      lines: ["::set-output name=a::1"],
      outputs: { b: "2" },
    });
  });

  it("hides each line of a masked value, and longer values before shorter ones", () => {
    const { lines } = printed("::add-mask::ab", "::add-mask::abc%0Adef", "xabcx", "xdefx", "xabx", "::add-mask::");

    expect(lines).toEqual(["x***x", "x***x", "x***x"]);
  });

  it("hides regular expressions literally", () => {
    expect(printed("::add-mask::a.c$&", "abc a.c$& $&").lines).toEqual(["abc *** $&"]);
  });

  it("closes only groups that are open", () => {
    const seen: string[] = [];
    const log = jobLog((line) => seen.push(line));

    log.endGroup();
    log.group("a");
    log.group("b");
    log.endGroup();
    log.endGroup();

    expect(seen).toEqual(["##[group]a", "##[endgroup]", "##[group]b", "##[endgroup]"]);
  });
});
