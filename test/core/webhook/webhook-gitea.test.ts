import { describe, expect, it } from "@jest/globals";
import type { Envelope } from "../../../lib/core/event.ts";
import { readGiteaWebhook } from "../../../lib/core/webhook/webhook-gitea.ts";
import type { Reading } from "../../../lib/core/webhook/webhook-request.ts";
import { lowerCase, type RecordedDelivery, recordedDeliveries, recordedJobEvents } from "../../fixtures/gitea.ts";

const versions = ["1.25.4", "1.26.3"] as const;

function read({ headers, body }: Pick<RecordedDelivery, "headers" | "body">, change: object = {}): Reading {
  const payload: unknown = { ...(JSON.parse(body) as object), ...change };
  return readGiteaWebhook({ forge: "home", headers: lowerCase(headers), payload, at: 1000 });
}

function recorded(version: (typeof versions)[number], step: string, event: string): RecordedDelivery {
  const found = recordedDeliveries(version).find(
    (one) => one.hook === "json" && one.step.startsWith(step) && one.headers["X-Gitea-Event"] === event,
  );
  if (!found) throw new Error(`no recording of ${event} in step ${step}`);
  return found;
}

function envelope(reading: Reading): Envelope {
  if (reading.kind !== "event") throw new Error(`not an event: ${JSON.stringify(reading)}`);
  return reading.envelope;
}

describe.each(versions)("deliveries of Gitea %s", (version) => {
  it("5-01 reads a push to a branch", () => {
    const { repo, ...rest } = envelope(read(recorded(version, "push: one commit on main", "push")));
    expect(repo.name).toBe("root1/shop");
    expect(repo.id).toMatch(/^\d+$/);
    expect(rest).toEqual({
      v: 1,
      forge: "home",
      deliveryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      event: "push",
      ref: "refs/heads/main",
      before: expect.stringMatching(/^[0-9a-f]{40}$/),
      after: expect.stringMatching(/^[0-9a-f]{40}$/),
      defaultBranch: "main",
      sender: "root1",
      at: 1000,
    });
  });

  it("names the commit of an annotated tag, not the tag object", () => {
    const delivery = recorded(version, "push: annotated tag", "push");
    const payload = JSON.parse(delivery.body) as { after: string; head_commit: { id: string } };
    expect(payload.after).not.toBe(payload.head_commit.id);
    expect(envelope(read(delivery)).after).toBe(payload.head_commit.id);
  });

  it("reads a synchronised pull request in workflow words", () => {
    const { action, ref, after, pr } = envelope(read(recorded(version, "pull_request: synchronized", "pull_request")));
    expect({ action, ref, pr }).toEqual({
      action: "synchronize",
      ref: "refs/pull/1/head",
      pr: {
        number: "1",
        title: expect.any(String),
        headSha: after,
        baseRef: "main",
        mergeBase: expect.stringMatching(/^[0-9a-f]{40}$/),
        fork: false,
      },
    });
  });

  it("takes the merge commit where a merged pull request was closed", () => {
    const { action, after, pr } = envelope(read(recorded(version, "pull_request: merged", "pull_request")));
    expect(action).toBe("closed");
    expect(after).not.toBe(pr?.headSha);
  });

  it.each([
    { step: "test delivery", event: "push", code: "test-delivery" },
    { step: "delete: tag", event: "push", code: "ref-deleted" },
    { step: "pull_request: labels cleared", event: "pull_request", code: "action-starts-nothing" },
    { step: "push: first push", event: "create", code: "event-not-planned" },
    { step: "push: first push", event: "workflow_run", code: "event-not-planned" },
  ])("ignores $event in '$step' with the reason $code", ({ step, event, code }) => {
    expect(read(recorded(version, step, event))).toEqual({
      kind: "ignore",
      reason: { code, text: expect.any(String) },
    });
  });

  it("6-04 reads each job event, waiting and queued told apart", () => {
    const jobs = recordedJobEvents(version).map((event) => envelope(read(event)).job);
    expect(jobs.find((job) => job?.status === "queued" && job.name === "build")).toEqual({
      id: expect.stringMatching(/^\d+$/),
      runId: expect.stringMatching(/^\d+$/),
      try: 1,
      name: "build",
      labels: ["ubuntu-latest"],
      status: "queued",
      headSha: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(jobs.some((job) => job?.status === "waiting" && job.name === "after")).toBe(true);
    expect(jobs.find((job) => job?.status === "in_progress")).toMatchObject({ try: 1, runnerName: "dayfly-1" });
    expect(jobs.find((job) => job?.status === "completed" && job.name === "test (22)")).toMatchObject({
      conclusion: "failure",
    });
  });
});

it("counts a rerun as the next try, though Gitea repeats the run_attempt of the finished one", () => {
  const build = recordedJobEvents("1.26.3")
    .map((event) => envelope(read(event)).job)
    .filter((job) => job?.name === "build")
    .map((job) => `${job?.status} ${job?.try}`);
  expect(build).toEqual(["queued 1", "in_progress 1", "completed 1", "queued 2"]);
});

describe("a Gitea payload that is not as it should be", () => {
  const push = recorded("1.26.3", "push: one commit on main", "push");

  it("keeps a repository id above 2^53 exact", () => {
    const repository = { id: "9223372036854775807", full_name: "a/b" };
    expect(envelope(read(push, { repository })).repo).toEqual({ id: "9223372036854775807", name: "a/b" });
  });

  it.each([
    { change: { ref: "main" }, field: "ref" },
    { change: { after: "../../etc" }, field: "after" },
    { change: { repository: { id: 1, full_name: "../admin" } }, field: "repository.full_name" },
    { change: { repository: { id: 1, full_name: "a/b/../c" } }, field: "repository.full_name" },
    { change: { repository: { id: 1, full_name: "a/.." } }, field: "repository.full_name" },
    { change: { repository: { id: 1.5, full_name: "a/b" } }, field: "repository.id" },
    { change: { sender: null }, field: "sender" },
  ])("is invalid, naming $field and never its value", ({ change, field }) => {
    expect(read(push, change)).toEqual({ kind: "invalid", text: `push: ${field} is not what the forge documents` });
  });

  it.each(["X-Gitea-Event", "X-Gitea-Delivery"])("is invalid without %s", (name) => {
    const { [name]: _, ...headers } = push.headers;
    expect(read({ ...push, headers }).kind).toBe("invalid");
  });

  it("is invalid where the payload is no object", () => {
    const headers = lowerCase(push.headers);
    expect(readGiteaWebhook({ forge: "home", headers, payload: "boo", at: 0 })).toEqual({
      kind: "invalid",
      text: "push: the payload is not what the forge documents",
    });
  });

  it("is cut to the length of a real title", () => {
    const pull = recorded("1.26.3", "pull_request: opened", "pull_request");
    const { pull_request } = JSON.parse(pull.body) as { pull_request: object };
    const long = read(pull, { pull_request: { ...pull_request, title: "x".repeat(100_000) } });
    expect(envelope(long).pr?.title).toHaveLength(1024);
  });

  it("tells a pull request of a fork by the repository's id", () => {
    const pull = recorded("1.26.3", "pull_request: opened", "pull_request");
    const { pull_request } = JSON.parse(pull.body) as { pull_request: { head: object } };
    const forked = read(pull, { pull_request: { ...pull_request, head: { ...pull_request.head, repo_id: 77 } } });
    expect(envelope(forked).pr?.fork).toBe(true);
  });
});
