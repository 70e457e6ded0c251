import { describe, expect, it } from "@jest/globals";
import { shellOf } from "../../../lib/local/runner/shell.ts";

describe("the command line for a script", () => {
  it.each([
    { shell: undefined, bash: true, then: "bash -e F" },
    { shell: undefined, bash: false, then: "sh -e F" },
    { shell: "bash", bash: true, then: "bash --noprofile --norc -eo pipefail F" },
    { shell: "sh", bash: true, then: "sh -e F" },
    { shell: "python", bash: true, then: "python F" },
    { shell: "pwsh", bash: true, then: "pwsh -command . 'F'" },
    { shell: "perl  -w {0}", bash: true, then: "perl -w F" },
    { shell: "bash -c $(touch${IFS}x);{0}", bash: true, then: "bash -c $(touch${IFS}x);F" },
  ])("with shell $shell is $then", ({ shell, bash, then }) => {
    expect(shellOf(shell, bash).argv("F").join(" ")).toBe(then);
  });

  it.each(["fish", "", "bash -e"])("is refused for the shell %j", (shell) => {
    expect(() => shellOf(shell, true)).toThrow("none of bash, sh, python, pwsh");
  });
});
