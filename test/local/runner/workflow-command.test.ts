import { describe, expect, it } from "@jest/globals";
import { parseCommand } from "../../../lib/local/runner/workflow-command.ts";

describe("a workflow command", () => {
  it.each([
    { given: "::group::Title", then: ["group", {}, "Title"] },
    { given: "  ::endgroup::", then: ["endgroup", {}, ""] },
    { given: "::ADD-MASK::x", then: ["add-mask", {}, "x"] },
    { given: "::error file=a.ts,line=3::bad%0Aworse", then: ["error", { file: "a.ts", line: "3" }, "bad\nworse"] },
    { given: "::error file=a%2Cb%3A.ts::50%25%250A", then: ["error", { file: "a,b:.ts" }, "50%%0A"] },
    { given: "::set-output name=__proto__::1", then: ["set-output", { name: "__proto__" }, "1"] },
    { given: "::warning::a::b", then: ["warning", {}, "a::b"] },
  ])("is read from $given", ({ given, then }) => {
    const command = parseCommand(given);
    expect(command && [command.name, { ...command.properties }, command.value]).toEqual(then);
  });

  it.each(["", "text", ":: ::", "::", "::a", "echo ::group::x", "::a b", "std::vector<int>::size"])(
    "is not %j",
    (line) => {
      expect(parseCommand(line)).toBeUndefined();
    },
  );
});
