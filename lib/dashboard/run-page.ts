import { html } from "hono/html";
import type { Instant } from "../core/event.ts";
import { isEnded, type Run } from "../core/run/run.ts";
import { formatDuration } from "./assets/duration.js";
import { readLogLine } from "./assets/log-line.js";
import { type Html, markOf } from "./mark.ts";
import { outcomeOf } from "./outcome.ts";
import type { View } from "./page.ts";
import { age, commit, labels, placeOf, refName, took } from "./parts.ts";
import { phaseBar } from "./phase-bar.ts";

/** A part of a run's log: `next` is where the following part begins, in bytes. */
export interface LogPart {
  readonly text: string;
  readonly from: number;
  readonly next: number;
}

/** `/runs/<key>`: how one run stands, why, how it came there, and what it prints. */
export function runPage(run: Run, log: LogPart | undefined, now: Instant): View {
  const outcome = outcomeOf(run);
  const path = `/runs/${encodeURIComponent(run.key)}`;
  return {
    title: `${run.jobName}: ${outcome.word}`,
    status: `${run.jobName}: ${outcome.word}. ${run.reason.text}`,
    section: "none",
    events: `${path}/events?from=${log?.next ?? 0}`,
    body: html`<nav class="crumbs" aria-label="Breadcrumb"><a href="/">Runs</a> <span aria-hidden="true">/</span> <bdi>${run.repo}</bdi></nav>
<div class="head">${markOf(outcome)}<h1><bdi>${run.jobName}</bdi></h1>${took(run, now)}${actions(run, path)}</div>
<p class="about">${run.event} of ${refName(run.ref)} ${commit(run.sha)} ${age(run.createdAt, now)}</p>
${why(run)}
<section aria-labelledby="time"><h2 id="time">Timeline</h2>${phaseBar(run, now)}${timeline(run)}</section>
<section aria-labelledby="log-title"><h2 id="log-title">Log</h2><p class="about"><a href="${path}/log">The whole log as text</a></p>${logOf(run, log)}</section>
<section aria-labelledby="facts"><h2 id="facts">Facts</h2><dl class="facts">${facts(run)}</dl></section>`,
  };
}

function actions(run: Run, path: string): Html {
  const verb = isEnded(run) ? "retry" : "cancel";
  const word = verb === "retry" ? "Run again" : "Cancel";
  return html`<form method="post" action="${path}/${verb}"><button>${word}</button></form>`;
}

function why(run: Run): Html {
  const place = placeOf(run.reason);
  return html`<div class="reason"><p><bdi>${run.reason.text}</bdi>${place ? html` <code><bdi>${place}</bdi></code>` : ""}</p>${
    run.nextAction === undefined ? "" : html`<p class="next">Next: <bdi>${run.nextAction}</bdi></p>`
  }</div>`;
}

function timeline(run: Run): Html {
  return html`<ol class="timeline">${run.history.map(
    ({ at, to, reason }) =>
      html`<li><span class="at" title="${new Date(at).toISOString()}">+${formatDuration(at - run.createdAt)}</span><span class="step">${to}</span><span class="why"><bdi>${reason}</bdi></span></li>`,
  )}</ol>`;
}

function facts(run: Run): readonly Html[] {
  const ended = isEnded(run) ? run : undefined;
  const rows: readonly (readonly [string, unknown])[] = [
    ["Workflow", run.workflow === undefined ? undefined : html`<code><bdi>${run.workflow}</bdi></code>`],
    ["Labels", run.labels.length === 0 ? undefined : labels(run.labels)],
    ["Profile", run.profile],
    ["Machine", "instanceId" in run ? run.instanceId : undefined],
    ["Runner", "runnerName" in run ? run.runnerName : undefined],
    ["Launches", run.attempt === 0 ? undefined : String(run.attempt)],
    ["Needs", run.needs.length === 0 ? undefined : run.needs.map(need)],
    [
      "Run again as",
      run.rerunOf === undefined
        ? undefined
        : html`<a href="/runs/${encodeURIComponent(run.rerunOf)}">a rerun of this run</a>`,
    ],
    ["Outputs", ended?.outputs && Object.keys(ended.outputs).length > 0 ? outputs(ended.outputs) : undefined],
    ["Key", html`<code>${run.key}</code>`],
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
}

function need({ key, job }: Run["needs"][number]): Html {
  return html`<a href="/runs/${encodeURIComponent(key)}"><bdi>${job}</bdi></a> `;
}

function outputs(values: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(values).map(([name, value]) => html`<code><bdi>${name}</bdi>=<bdi>${value}</bdi></code> `);
}

/** The script appends to the log itself; the note below it shows only while it is empty. */
function logOf(run: Run, log: LogPart | undefined): Html {
  const empty = isEnded(run) ? "This run printed nothing here." : "Nothing printed yet.";
  const lines = (log?.text ?? "").split("\n").slice(0, -1);
  return html`<pre class="log" id="log" data-keep data-start="${run.createdAt}" tabindex="0" role="log" aria-label="Log of this run">${lines.map((line) => logLine(line, run.createdAt))}</pre><p class="note">${empty}</p>`;
}

function logLine(line: string, start: Instant): Html {
  const read = readLogLine(line, start);
  if (!read) return html``;
  return html`<span class="line ${read.kind}"><span class="at">${read.at}</span>${read.text}${"\n"}</span>`;
}
