import { html } from "hono/html";
import type { Instant } from "../core/event.ts";
import { isEnded, type Run } from "../core/run/run.ts";
import { type Html, markOf } from "./mark.ts";
import { outcomeOf, tally } from "./outcome.ts";
import type { View } from "./page.ts";
import { age, commit, labels, refName, took, workflowName } from "./parts.ts";

/** `/`: the latest runs, those of one push together. */
export function runsPage(runs: readonly Run[], now: Instant): View {
  const open = runs.filter((run) => !isEnded(run)).length;
  return {
    title: open > 0 ? `(${open}) Runs` : "Runs",
    status: runs.length === 0 ? "No runs yet" : tally(runs),
    section: "runs",
    events: "/events",
    body:
      runs.length === 0
        ? nothingYet()
        : html`<h1 class="hidden">Runs</h1>${byPush(runs).map((group) => push(group, now))}`,
  };
}

function nothingYet(): Html {
  return html`<h1>No runs yet</h1>
<p>Push a commit to a repository that Dayfly serves: its jobs appear here by themselves.</p>
<p>If you have pushed and nothing came, <a href="/pushes">Pushes</a> says what was decided, and why.</p>`;
}

/** Runs of one push stand together, in the order of the workflow; the newest push is first. */
function byPush(runs: readonly Run[]): readonly (readonly Run[])[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = `${run.forge} ${run.repoId} ${run.pushId ?? run.sha}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => group.sort(byPlan));
}

function byPlan(a: Run, b: Run): number {
  const order =
    compare(a.workflow ?? "", b.workflow ?? "") || a.createdAt - b.createdAt || a.needs.length - b.needs.length;
  return order || (a.matrixIndex ?? 0) - (b.matrixIndex ?? 0) || compare(a.jobName, b.jobName);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function push(runs: readonly Run[], now: Instant): Html {
  const [first] = runs;
  if (!first) return html``;
  const { repo, ref, sha, event, createdAt, pushId, forge, repoId } = first;
  return html`<section class="push" id="group-${forge}-${repoId}-${pushId ?? sha}">
<h2><span class="repo"><bdi>${repo}</bdi></span> ${refName(ref)} ${commit(sha)}</h2>
<p class="about">${event} ${age(createdAt, now)} · ${tally(runs)}${
    pushId === undefined ? "" : html` · <a href="/pushes#push-${pushId}">why these</a>`
  }</p>
<ul class="rows">${runs.map((run) => row(run, now))}</ul>
</section>`;
}

function row(run: Run, now: Instant): Html {
  return html`<li id="run-${run.key}"><a class="row" href="/runs/${encodeURIComponent(run.key)}">
${markOf(outcomeOf(run))}
<span class="name"><bdi>${run.jobName}</bdi> ${run.workflow === undefined ? "" : workflowName(run.workflow)}</span>
<span class="why"><bdi>${run.reason.text}</bdi></span>
${labels(run.labels)}
${took(run, now)}
</a></li>`;
}
