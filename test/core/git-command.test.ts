import { describe, expect, it } from "@jest/globals";
import { gitEnvironment, isObjectId } from "../../lib/core/git-command.ts";

describe("the environment of git", () => {
  it("drops everything that would redirect it", () => {
    const ours = { PATH: "/bin", HOME: "/home/ada", GIT_DIR: "/evil", GIT_SSH_COMMAND: "x", SECRET: "s" };

    const environment = gitEnvironment(ours);

    expect(environment).toMatchObject({ PATH: "/bin", HOME: "/home/ada", GIT_CONFIG_NOSYSTEM: "1" });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["GIT_DIR"]));
    expect(Object.values(environment)).not.toEqual(expect.arrayContaining(["s", "/evil", "x"]));
  });
});

describe("an object's id", () => {
  it.each([
    { given: "a".repeat(40), then: true, because: "SHA-1" },
    { given: "a".repeat(64), then: true, because: "SHA-256" },
    { given: "A".repeat(40), then: false, because: "git writes small letters" },
    { given: `-${"a".repeat(39)}`, then: false, because: "an option" },
    { given: `${"a".repeat(40)}\n`, then: false, because: "a line more" },
    { given: "main", then: false, because: "a name" },
  ])("$because: $then", ({ given, then }) => {
    expect(isObjectId(given)).toBe(then);
  });
});
