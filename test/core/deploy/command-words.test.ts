import { describe, expect, it } from "@jest/globals";
import { verbOf, wordsOf } from "../../../lib/core/deploy/command-words.ts";
import type { DeployCommand } from "../../../lib/core/deploy/deploy-ports.ts";

const id = "0".repeat(32);
const place = { app: "shop", env: "prod" };
const deploy: DeployCommand = {
  kind: "deploy",
  op: "deploy",
  ...place,
  force: false,
  deployId: id,
  fence: 7,
  notAfter: 1_700_000_000_999,
};

describe("the words of a command", () => {
  it("are all there, with a dash for what was not given; the time limit is never later than ours", () => {
    expect(wordsOf(deploy)).toEqual({
      ...{ ...place, id, tag: "-", digest: "-", commit: "-" },
      ...{ fence: "7", notAfter: "1700000000", mode: "normal", bundle: "-" },
    });
  });

  it("carry tag, digest and commit of a release, and that it is forced", () => {
    expect(wordsOf({ ...deploy, bundle: "https://a.test/b" })).toMatchObject({ bundle: "https://a.test/b" });
    const release = { tag: "v1.0.0", digest: `sha256:${"d".repeat(64)}`, commit: "c".repeat(40) };
    expect(wordsOf({ ...deploy, release, force: true })).toMatchObject({ ...release, mode: "force" });
  });

  it("of a question name the deploy that is asked about, if any", () => {
    const question = { kind: "inspect", verb: "logs", ...place } as const;
    expect(wordsOf({ ...question, deployId: id })).toEqual({ ...place, id });
    expect(wordsOf(question)).toEqual({ ...place, id: "-" });
    expect([verbOf(question), verbOf(deploy), verbOf({ ...deploy, op: "rollback" })]).toEqual([
      "logs",
      "deploy",
      "rollback",
    ]);
  });
});
