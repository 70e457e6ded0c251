import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import type { Envelope } from "../../../lib/core/event.ts";
import { readGithubWebhook } from "../../../lib/core/webhook/webhook-github.ts";
import type { Reading } from "../../../lib/core/webhook/webhook-request.ts";

interface Examples {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
const catalogue = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Examples[];

function examples(event: string): readonly Record<string, unknown>[] {
  return catalogue.find(({ name }) => name === event)?.examples ?? [];
}

function read(event: string, payload: unknown): Reading {
  const headers = { "x-github-event": event, "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" };
  return readGithubWebhook({ forge: "hub", headers, payload, at: 1000 });
}

function envelope(reading: Reading): Envelope {
  if (reading.kind !== "event") throw new Error(`not an event: ${JSON.stringify(reading)}`);
  return reading.envelope;
}

describe("GitHub's own example payloads", () => {
  it("5-01 all have an answer, and none is called invalid", () => {
    const answers = catalogue.flatMap(({ name, examples }) =>
      examples.map((payload) => ({ name, reading: read(name, payload) })),
    );
    expect(answers.length).toBeGreaterThan(200);
    expect(answers.filter(({ reading }) => reading.kind === "invalid")).toEqual([]);
    const acted = new Set(answers.filter(({ reading }) => reading.kind === "event").map(({ name }) => name));
    expect([...acted].sort()).toEqual(["pull_request", "push", "workflow_job"]);
  });

  it("say of every push which ref moved from where to where", () => {
    for (const payload of examples("push")) {
      const reading = read("push", payload);
      if (payload.deleted === true) {
        expect(reading).toMatchObject({ kind: "ignore", reason: { code: "ref-deleted" } });
        continue;
      }
      const { ref, before, after, firstCommit } = envelope(reading);
      const head = payload.head_commit as { id: string };
      const [first] = payload.commits as { id: string }[];
      expect({ ref, before, after }).toEqual({ ref: payload.ref, before: payload.before, after: head.id });
      expect(firstCommit).toBe(first?.id);
    }
  });

  it("tell a job that waits at an environment's gate from one that any runner may take", () => {
    const seen = examples("workflow_job").map((payload) => {
      const { action, job } = envelope(read("workflow_job", payload));
      return `${String(payload.action)} → ${action}, ${job?.conclusion ?? "open"}, ${job?.runnerName === undefined ? "no runner" : "a runner"}`;
    });
    expect(seen).toContain("queued → queued, open, a runner");
    expect(seen).toContain("queued → waiting, open, no runner");
    expect(seen).toContain("waiting → waiting, open, no runner");
    expect(seen).toContain("completed → completed, success, a runner");
  });

  it("name the test merge of a pull request as the commit whose workflows count", () => {
    for (const payload of examples("pull_request")) {
      const { after, ref, pr } = envelope(read("pull_request", payload));
      const { merge_commit_sha, head, number } = payload.pull_request as {
        merge_commit_sha: string | null;
        head: { sha: string };
        number: number;
      };
      expect(after).toBe(merge_commit_sha ?? head.sha);
      expect(ref).toBe(`refs/pull/${number}/merge`);
      expect(pr?.headSha).toBe(head.sha);
    }
  });
});

describe("conclusions of GitHub", () => {
  const [completed] = examples("workflow_job").filter((payload) => payload.action === "completed");
  it.each([
    { word: "success", conclusion: "success" },
    { word: "neutral", conclusion: "success" },
    { word: "skipped", conclusion: "skipped" },
    { word: "cancelled", conclusion: "cancelled" },
    { word: "stale", conclusion: "cancelled" },
    { word: "failure", conclusion: "failure" },
    { word: "timed_out", conclusion: "failure" },
    { word: "startup_failure", conclusion: "failure" },
    { word: "a word of next year", conclusion: "failure" },
  ])("$word counts as $conclusion", ({ word, conclusion }) => {
    const workflow_job = { ...(completed?.workflow_job as object), conclusion: word };
    expect(envelope(read("workflow_job", { ...completed, workflow_job })).job?.conclusion).toBe(conclusion);
  });
});

it("takes a head repository that is gone for a fork", () => {
  const [payload] = examples("pull_request");
  const pull = payload?.pull_request as { head: object };
  const reading = read("pull_request", { ...payload, pull_request: { ...pull, head: { ...pull.head, repo: null } } });
  expect(envelope(reading).pr?.fork).toBe(true);
});

it("refuses a delivery that only Gitea's headers describe", () => {
  const headers = { "x-gitea-event": "push", "x-gitea-delivery": "1" };
  expect(readGithubWebhook({ forge: "hub", headers, payload: {}, at: 0 }).kind).toBe("invalid");
});
