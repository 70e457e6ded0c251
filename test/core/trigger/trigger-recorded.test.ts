import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parseVersion } from "../../../lib/core/dialect.ts";
import { planEvent } from "../../../lib/core/plan/plan.ts";
import type { TriggerEvent } from "../../../lib/core/trigger/trigger-input.ts";

/** Webhooks that a real Gitea sent while a repository with one workflow, on push and pull_request, was worked on. */
interface Delivery {
  readonly step: string;
  readonly hook: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function recordedOn(version: string): readonly Delivery[] {
  const recorded = new URL(`../../fixtures/gitea/deliveries-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(recorded, "utf8"));
}

const version = "1.26.3";
const deliveries = recordedOn(version);
/** Refs for which the server itself said that it had made a run, by step. */
const runs: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL(`../../fixtures/gitea/runs-${version}.json`, import.meta.url), "utf8"),
);
const steps = [...new Set(deliveries.map(({ step }) => step))];
const actions: Record<string, string> = {
  synchronized: "synchronize",
  label_updated: "labeled",
  label_cleared: "unlabeled",
};

function eventsOf(step: string): TriggerEvent[] {
  return eventsIn(deliveries.filter((delivery) => delivery.step === step));
}

function eventsIn(told: readonly Delivery[]): TriggerEvent[] {
  const own = told.filter(({ hook }) => hook === "json");
  return own.flatMap(({ headers, body }): TriggerEvent[] => {
    const name = headers["X-Gitea-Event"] ?? headers["x-gitea-event"];
    const payload = JSON.parse(body);
    if (name === "push") {
      const { ref, before, after, head_commit, sender } = payload;
      return [{ name, ref, before, after, message: head_commit?.message ?? "", sender: sender.login }];
    }
    if (name !== "pull_request") return [];
    const { action, number, pull_request: pull } = payload;
    const ref = `refs/pull/${number}/head`;
    return [{ name, action: actions[action] ?? action, ref, baseRef: pull.base.ref, title: pull.title, message: "" }];
  });
}

function startsFor(event: TriggerEvent, on = version): boolean {
  const found = parseVersion(on);
  if (!found) throw new Error(`no version: ${on}`);
  const files = [
    { path: ".gitea/workflows/ci.yml", text: "on: [push, pull_request]\njobs: { build: { runs-on: linux } }" },
  ];
  const { workflows } = planEvent({ dialect: { forge: "gitea", version: found }, event, files, changed: undefined });
  return workflows[0]?.decision === "run";
}

describe(`what a real Gitea ${version} started`, () => {
  it.each(steps)("%s", (step) => {
    const started = eventsOf(step)
      .filter((event) => startsFor(event))
      .map(({ ref }) => ref);
    expect(started.sort()).toEqual(runs[step]);
  });

  it("was a run more often than not", () => {
    expect(steps.filter((step) => (runs[step] ?? []).length > 0).length).toBeGreaterThan(steps.length / 2);
  });
});

it("is what the deliveries of Gitea 1.25.4, which came late, start on the same steps all together", () => {
  const started = eventsIn(recordedOn("1.25.4")).filter((event) => startsFor(event, "1.25.4"));
  expect(started.map(({ ref }) => ref).sort()).toEqual(Object.values(runs).flat().sort());
});
