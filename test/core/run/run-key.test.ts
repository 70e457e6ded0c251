import { describe, expect, it } from "@jest/globals";
import { keyOfDeadLetter, keyOfJob, keyOfPlannedJob, keyOfRetry } from "../../../lib/core/run/run-key.ts";

const planned = {
  forge: "home",
  repoId: "7",
  pushId: "p",
  workflow: ".gitea/workflows/ci.yml",
  job: "test",
  matrixIndex: 0,
};

describe("6-02 a run's key", () => {
  it("is the same for the same demand, however often it is told", () => {
    expect(keyOfJob("home", "7", "42", 1)).toBe(keyOfJob("home", "7", "42", 1));
    expect(keyOfPlannedJob(planned)).toBe(keyOfPlannedJob({ ...planned }));
  });

  it("is another one for another forge, repository, job or try, and for each way of asking", () => {
    const keys = [
      keyOfJob("home", "7", "42", 1),
      keyOfJob("away", "7", "42", 1),
      keyOfJob("home", "8", "42", 1),
      keyOfJob("home", "7", "43", 1),
      keyOfJob("home", "7", "42", 2),
      // Where one part ends and the next begins is no matter of their letters.
      keyOfJob("home", "74", "2", 1),
      keyOfRetry("42"),
      keyOfDeadLetter("home", "42"),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(["forge", "repoId", "pushId", "workflow", "job"] as const)(
    "of a planned job is another one for another %s",
    (part) => {
      expect(keyOfPlannedJob({ ...planned, [part]: "other" })).not.toBe(keyOfPlannedJob(planned));
      expect(keyOfPlannedJob({ ...planned, matrixIndex: 1 })).not.toBe(keyOfPlannedJob(planned));
    },
  );
});
