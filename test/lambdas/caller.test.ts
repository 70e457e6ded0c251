import { describe, expect, it } from "@jest/globals";
import { callerOf } from "../../lambdas/caller.ts";

const roles = ["dayfly-RunnerRole-1A2B", "dayfly-DebugRunnerRole-3C4D"].map(
  (name) => `arn:aws:iam::123456789012:role/${name}`,
);
const machine = "arn:aws:sts::123456789012:assumed-role/dayfly-RunnerRole-1A2B/i-0123456789abcdef0";

describe("6-03 who calls the runner API", () => {
  it("is the instance that its role's session is named after", () => {
    expect(callerOf(machine, roles)).toEqual({ instanceId: "i-0123456789abcdef0" });
  });

  it.each([
    {
      because: "another role under a session name like an instance",
      arn: machine.replace("RunnerRole-1A2B", "AdminRole"),
    },
    { because: "another account's role of the same name", arn: machine.replace("123456789012", "210987654321") },
    { because: "another partition's", arn: machine.replace("arn:aws:", "arn:aws-cn:") },
    { because: "a role whose name begins with ours", arn: machine.replace("1A2B", "1A2B-evil") },
    { because: "a role whose name ends with ours", arn: machine.replace("dayfly-Runner", "x-dayfly-Runner") },
    { because: "a session that is no instance", arn: machine.replace("i-0123456789abcdef0", "laptop") },
    { because: "an instance id with something after it", arn: `${machine}/x` },
    { because: "a user", arn: "arn:aws:iam::123456789012:user/i-0123456789abcdef0" },
    { because: "the account's root", arn: "arn:aws:iam::123456789012:root" },
    { because: "nobody", arn: undefined },
    { because: "a line break", arn: `x\n${machine}` },
  ])("is nobody of ours: $because", ({ arn }) => {
    expect(callerOf(arn, roles)).toBeUndefined();
  });
});
