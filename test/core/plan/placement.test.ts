import { describe, expect, it } from "@jest/globals";
import type { Profile } from "../../../lib/core/config/config.ts";
import { placeJob } from "../../../lib/core/plan/placement.ts";

function profile(name: string, labels: readonly string[], minutes: number): Profile {
  return { name, labels, limits: { minutes, idleMinutes: 5, bootMinutes: 3, machines: 10 } } as unknown as Profile;
}

const profiles = [
  profile("small", ["ubuntu-latest", "x64"], 30),
  profile("large", ["ubuntu-latest", "x64", "big"], 120),
  profile("arm", ["ubuntu-latest", "arm64"], 30),
];

describe("5-05 the profile that serves a job", () => {
  it.each([
    [["ubuntu-latest"], undefined, "small"],
    [["x64", "ubuntu-latest"], undefined, "small"],
    [["ubuntu-latest", "arm64"], undefined, "arm"],
    [["big"], undefined, "large"],
    [["Ubuntu-Latest"], undefined, "small"],
    [[], undefined, "small"],
    [["ubuntu-latest"], 30, "small"],
    [["ubuntu-latest"], 31, "large"],
  ])("%j, timeout %s → %s", (labels, timeoutMinutes, name) => {
    const placed = placeJob(profiles, { labels, ...(timeoutMinutes !== undefined && { timeoutMinutes }) });
    expect(placed.kind === "profile" ? placed.profile.name : placed.reason.text).toBe(name);
  });

  it.each([
    [["windows"], undefined, "no-profile", "small (ubuntu-latest, x64)"],
    [["big", "arm64"], undefined, "no-profile", "no profile has all of its labels big, arm64"],
    [
      ["x64"],
      121,
      "too-long",
      "its timeout-minutes is 121, and no machine of small, large lives longer than 120 minutes",
    ],
    [["host"], undefined, "host-label", "the label `host`"],
    [["ubuntu-latest", ""], undefined, "empty-label", "an empty label"],
  ])("%j, timeout %s is nobody's, and says why: %s", (labels, timeoutMinutes, code, said) => {
    const placed = placeJob(profiles, { labels, ...(timeoutMinutes !== undefined && { timeoutMinutes }) });
    expect(placed).toMatchObject({ kind: "none", reason: { code, text: expect.stringContaining(said) } });
  });

  it("says so where no profile is configured", () => {
    expect(placeJob([], { labels: ["x"] })).toMatchObject({
      reason: { text: expect.stringContaining("no profile is configured") },
    });
  });
});
