import { describe, expect, it } from "@jest/globals";
import { decisionItem, readDecision } from "../../../lib/aws/store/store-decision.ts";
import { pushDecision } from "../../contracts/samples.ts";
import { seededRandom } from "../../world/seeded-random.ts";

/** Jobs whose names no compression makes smaller. */
function decisionOver(jobs: number) {
  const random = seededRandom(7);
  const [skipped, running] = pushDecision().decision.workflows;
  const [job] = running!.jobs;
  const many = Array.from({ length: jobs }, () => ({ ...job!, name: random.hex(400) }));
  return pushDecision({ decision: { workflows: [skipped!, { ...running!, jobs: many }] } });
}

describe("decisionItem", () => {
  it("shows a person each workflow in a line", () => {
    expect(decisionItem(pushDecision())).toMatchObject({
      record: "decision#home#push-1",
      repo: "acme/shop",
      ref: "refs/heads/main",
      at: "2026-01-01T12:00:00.000Z",
      workflows: ["docs.yml: skip, only docs changed", "b.yml: run, main matches main"],
    });
  });

  it("keeps what fits into an item, whole", () => {
    expect(readDecision(decisionItem(decisionOver(1000)))).toEqual(decisionOver(1000));
  });

  it("leaves out jobs that no item can hold, and says so in the workflow's reason", () => {
    const { decision } = readDecision(decisionItem(decisionOver(4000)));
    expect(decision.workflows.map(({ jobs, reason }) => [jobs.length, reason.text])).toEqual([
      [0, "only docs changed"],
      [0, "main matches main (4000 jobs, too many to keep)"],
    ]);
  });
});

describe("readDecision", () => {
  it.each([undefined, "text", new Uint8Array([1, 2, 3])])("refuses a row packed as %j", (packed) => {
    expect(() => readDecision({ ...decisionItem(pushDecision()), packed })).toThrow(
      "the stored decision cannot be read",
    );
  });
});
