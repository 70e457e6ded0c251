import { html } from "hono/html";
import type { Instant } from "../core/event.ts";
import type { Comparison } from "../core/plan/compare-plan.ts";
import type { JobDecision, WorkflowDecision } from "../core/plan/decision.ts";
import type { RecordedDecision } from "../core/ports.ts";
import { type Html, markOf } from "./mark.ts";
import type { Outcome } from "./outcome.ts";
import type { View } from "./page.ts";
import { age, commit, labels, placeOf, refName } from "./parts.ts";

/** A workflow file's line that decided, by `placeKey`; absent where nobody can read it any more. */
export type DecidingLines = ReadonlyMap<string, string>;

/** `/pushes`: what the last events decided, workflow by workflow, and why. */
export function pushesPage(decisions: readonly RecordedDecision[], lines: DecidingLines, now: Instant): View {
  return {
    title: "Pushes",
    status:
      decisions.length === 0
        ? "No pushes yet"
        : `The last ${decisions.length === 1 ? "push" : `${decisions.length} pushes`}`,
    section: "pushes",
    events: "/pushes/events",
    body:
      decisions.length === 0
        ? html`<h1>No pushes yet</h1><p>Here you will see for every push which workflows run, which do not, and which line decided it.</p>`
        : html`<h1 class="hidden">Pushes</h1>${decisions.map((decision) => push(decision, lines, now))}`,
  };
}

/** Identity of one place in one commit. */
export function placeKey({ forge, repo, sha }: RecordedDecision, file: string, line: number): string {
  return [forge, repo.id, sha, file, line].join("\0");
}

function push(recorded: RecordedDecision, lines: DecidingLines, now: Instant): Html {
  const { repo, ref, sha, event, sender, at, decision, pushId, compared } = recorded;
  return html`<section class="push" id="push-${pushId}">
<h2><span class="repo"><bdi>${repo.name}</bdi></span> ${refName(ref)} ${commit(sha)}</h2>
<p class="about">${event}${sender === "" ? "" : html` by <bdi>${sender}</bdi>`} ${age(at, now)}</p>
${
  decision.workflows.length === 0
    ? html`<p class="note">This commit has no workflow files.</p>`
    : html`<ul class="rows">${decision.workflows.map((workflow) => workflowOf(workflow, recorded, lines))}</ul>`
}${compared ? comparison(compared) : ""}</section>`;
}

/** What the forge made of the push, once it has said. */
function comparison({ kind, text }: Comparison): Html {
  const outcome: Outcome =
    kind === "agreed"
      ? { word: "agreed", mark: "check", tone: "good" }
      : { word: "differed", mark: "warn", tone: "warn" };
  return html`<p class="note">${markOf(outcome)} <bdi>${text}</bdi></p>`;
}

const workflowOutcomes: Readonly<Record<WorkflowDecision["decision"], Outcome>> = {
  run: { word: "runs", mark: "check", tone: "good" },
  skip: { word: "skipped", mark: "dash", tone: "calm" },
  undecided: { word: "undecided", mark: "question", tone: "warn" },
  invalid: { word: "invalid", mark: "warn", tone: "bad" },
};

function workflowOf(workflow: WorkflowDecision, recorded: RecordedDecision, lines: DecidingLines): Html {
  const { reason, jobs } = workflow;
  return html`<li class="workflow">
<div class="decision">${markOf(workflowOutcomes[workflow.decision])}<span class="name"><code><bdi>${workflow.path}</bdi></code></span>
<p class="why"><bdi>${reason.text}</bdi></p></div>
${quote(workflow, recorded, lines)}
${jobs.length === 0 ? "" : html`<details id="jobs-${recorded.pushId}-${workflow.path}"><summary>${jobs.length === 1 ? "1 job" : `${jobs.length} jobs`}</summary><ul class="jobs">${jobs.map(jobOf)}</ul></details>`}
</li>`;
}

/** The line that decided, with its number; only its place where the text cannot be had. */
function quote({ path, reason }: WorkflowDecision, recorded: RecordedDecision, lines: DecidingLines): Html {
  const { file, line } = reason;
  if (file === undefined || line === undefined) return html``;
  const text = lines.get(placeKey(recorded, file, line));
  if (text === undefined) return html`<p class="place"><code><bdi>${placeOf(reason)}</bdi></code></p>`;
  return html`<figure class="quote">${file === path ? "" : html`<figcaption><bdi>${file}</bdi></figcaption>`}<pre title="${placeOf(reason)}"><span class="number">${line}</span><bdi>${text.trim()}</bdi></pre></figure>`;
}

const jobOutcomes: Readonly<Record<JobDecision["decision"], Outcome>> = {
  launch: { word: "launch", mark: "rise", tone: "good" },
  wait: { word: "wait", mark: "dots", tone: "calm" },
  skip: { word: "skip", mark: "dash", tone: "calm" },
  undecided: { word: "undecided", mark: "question", tone: "warn" },
};

function jobOf({ name, labels: names, decision, reason }: JobDecision): Html {
  return html`<li>${markOf(jobOutcomes[decision])}<span class="name"><bdi>${name}</bdi></span>${labels(names)}<span class="why"><bdi>${reason.text}</bdi></span></li>`;
}
