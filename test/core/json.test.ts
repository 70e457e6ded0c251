import { describe, expect, it } from "@jest/globals";
import { parseJson } from "../../lib/core/json.ts";

describe("parseJson", () => {
  it.each([
    { text: '{"id":9007199254740993}', value: { id: "9007199254740993" }, because: "a number would become ...992" },
    { text: '{"id":-9007199254740993}', value: { id: "-9007199254740993" }, because: "the sign belongs to it" },
    { text: '{"id":42}', value: { id: 42 }, because: "short ones stay numbers" },
    { text: "[1.1234567890123456789]", value: [1.1234567890123457], because: "a fraction is no id" },
    { text: "[1234567890123456789e1]", value: [1.2345678901234567e19], because: "an exponent makes it no integer" },
    {
      text: '{"t":"x 12345678901234567890"}',
      value: { t: "x 12345678901234567890" },
      because: "strings are left alone",
    },
    {
      text: '{"t":"\\" 12345678901234567890 \\\\","n":12345678901234567890}',
      value: { t: '" 12345678901234567890 \\', n: "12345678901234567890" },
      because: "an escaped quote ends no string",
    },
    { text: "12345678901234567890", value: "12345678901234567890", because: "at the top level as well" },
    { text: '{"a":', value: undefined, because: "that is no JSON" },
    { text: "", value: undefined, because: "nothing is no JSON" },
  ])("reads $text: $because", ({ text, value }) => {
    expect(parseJson(text)).toEqual(value);
  });

  it("takes linear time on a text made of escaped quotes", () => {
    const text = JSON.stringify({ t: '"'.repeat(1_000_000), n: 1 }).replace('"n":1', '"n":12345678901234567890');
    const start = performance.now();
    expect(parseJson(text)).toHaveProperty("n", "12345678901234567890");
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
