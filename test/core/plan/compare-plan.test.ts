import { describe, expect, it } from "@jest/globals";
import { comparePlan, type Planned } from "../../../lib/core/plan/compare-plan.ts";
import type { JobDecision, WorkflowDecision } from "../../../lib/core/plan/decision.ts";

const reason = { code: "x", text: "x" };

function job(name: string, decision: JobDecision["decision"] = "launch", labels = ["linux"]): JobDecision {
  return { id: name, name, labels, needs: [], decision, reason };
}

function plan(jobs: readonly JobDecision[], decision: WorkflowDecision["decision"] = "run", event = "push"): Planned {
  return { event, decision: { workflows: [{ path: ".gitea/workflows/ci.yml", decision, reason, jobs }] } };
}

const told = (...names: readonly string[]) => names.map((name) => ({ name, labels: ["linux"] }));

describe("a plan agrees with the forge", () => {
  it.each([
    { what: "that made each planned job", plans: [plan([job("a"), job("b")])], jobs: told("b", "a"), forge: "gitea" },
    { what: "that made no job of a skipped workflow", plans: [plan([], "skip")], jobs: told(), forge: "gitea" },
    {
      what: "that blocks a job with needs",
      plans: [plan([job("a"), job("b", "wait")])],
      jobs: told("a", "b"),
      forge: "gitea",
    },
    {
      what: "whose GitHub has not queued a job with needs",
      plans: [plan([job("a"), job("b", "wait")])],
      jobs: told("a"),
      forge: "github",
    },
    {
      what: "that told of a job which it skipped",
      plans: [plan([job("a"), job("b", "skip")])],
      jobs: told("a", "b"),
      forge: "github",
    },
    {
      what: "that said nothing of a job which it skipped",
      plans: [plan([job("a", "skip")])],
      jobs: told(),
      forge: "github",
    },
    {
      what: "that made one job for each of two events",
      plans: [plan([job("a")]), plan([job("a")], "run", "pull_request")],
      jobs: told("a", "a"),
      forge: "gitea",
    },
    {
      what: "that decided what we could not",
      plans: [plan([job("a")]), plan([], "undecided")],
      jobs: told("a", "c"),
      forge: "github",
    },
    {
      what: "that knew the labels which we could not",
      plans: [plan([job("a", "undecided", [])])],
      jobs: told("a"),
      forge: "gitea",
    },
    {
      what: "that ran pull_request_target on another commit",
      plans: [plan([job("a")], "run", "pull_request_target")],
      jobs: told(),
      forge: "github",
    },
  ] as const)("$what", ({ plans, jobs, forge }) => {
    expect(comparePlan(plans, jobs, forge)).toMatchObject({ kind: "agreed" });
  });

  it("and says in what", () => {
    expect(comparePlan([plan([job("a")])], told("a"), "gitea").text).toBe("the forge made 1 job, as planned");
    expect(comparePlan([plan([], "skip")], [], "gitea").text).toBe("the forge made no job, as planned");
  });
});

describe("a plan differs from the forge", () => {
  it.each([
    { what: "that made no such job", plans: [plan([job("a")])], jobs: told(), says: 'the forge told of no job "a"' },
    { what: "that made fewer of one name", plans: [plan([job("a"), job("a")])], jobs: told("a"), says: 'no job "a"' },
    {
      what: "that did not block a job with needs",
      plans: [plan([job("a", "wait")])],
      jobs: told(),
      says: 'no job "a"',
    },
    {
      what: "that ran what should be skipped",
      plans: [plan([], "skip")],
      jobs: told("a"),
      says: 'no push or pull request plans the job "a"',
    },
    { what: "that ran an invalid file", plans: [plan([], "invalid")], jobs: told("a"), says: 'plans the job "a"' },
    { what: "that made more of one name", plans: [plan([job("a")])], jobs: told("a", "a"), says: 'plans the job "a"' },
    {
      what: "that asks for other labels",
      plans: [plan([job("a", "launch", ["gpu"])])],
      jobs: told("a"),
      says: 'the job "a" asks for linux, not as planned',
    },
  ])("$what", ({ plans, jobs, says }) => {
    expect(comparePlan(plans, jobs, "gitea")).toEqual({ kind: "differed", text: expect.stringContaining(says) });
  });

  it("and says so of three jobs, and of how many more", () => {
    const { text } = comparePlan([plan([])], told("a", "b", "c", "d", "e"), "gitea");
    expect(text.split("; ")).toHaveLength(4);
    expect(text.endsWith("and 2 more")).toBe(true);
  });
});
