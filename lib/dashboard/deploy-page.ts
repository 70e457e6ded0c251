import { html } from "hono/html";
import { type Deploy, isOver, type Step } from "../core/deploy/deploy.ts";
import type { Instant } from "../core/event.ts";
import { formatDuration } from "./assets/duration.js";
import { deployOutcome } from "./deploy-outcome.ts";
import { releaseOf } from "./environments-page.ts";
import { type Html, markOf } from "./mark.ts";
import type { View } from "./page.ts";
import { age } from "./parts.ts";

/** `/deploys/<id>`: how one deploy stands, why, how it came there, and where each target spent its time. */
export function deployPage(deploy: Deploy, now: Instant): View {
  const outcome = deployOutcome(deploy);
  const { id, app, env, op, release, by, approvedBy, createdAt, reason, nextAction } = deploy;
  return {
    title: `${app}/${env}: ${outcome.word}`,
    status: `${app}/${env}: ${outcome.word}. ${reason.text}`,
    section: "none",
    ...(isOver(deploy) ? {} : { events: `/deploys/${encodeURIComponent(id)}/events` }),
    body: html`<nav class="crumbs" aria-label="Breadcrumb"><a href="/environments">Environments</a> <span aria-hidden="true">/</span> <bdi>${app}/${env}</bdi></nav>
<div class="head">${markOf(outcome)}<h1><bdi>${app}</bdi> in <bdi>${env}</bdi></h1></div>
<p class="about">${op} of ${op === "rollback" && !release ? "the release before" : releaseOf(release)} asked by <bdi>${by}</bdi>${approvedBy ? html`, approved by <bdi>${approvedBy}</bdi>` : ""} ${age(createdAt, now)}</p>
<div class="reason"><p><bdi>${reason.text}</bdi></p>${nextAction ? html`<p class="next">Next: <bdi>${nextAction}</bdi></p>` : ""}</div>
<section aria-labelledby="time"><h2 id="time">Timeline</h2>${timeline(deploy)}</section>
${deploy.steps.map(target)}
<section aria-labelledby="facts"><h2 id="facts">Facts</h2><dl class="facts">
<div><dt>Id</dt><dd><code>${id}</code></dd></div><div><dt>Fence</dt><dd>${deploy.fence}</dd></div>
${release?.commit ? html`<div><dt>Commit</dt><dd><code>${release.commit}</code></dd></div>` : ""}
${release?.digest ? html`<div><dt>Digest</dt><dd><code>${release.digest}</code></dd></div>` : ""}
</dl></section>`,
  };
}

function timeline({ history, createdAt }: Deploy): Html {
  return html`<ol class="timeline">${history.map(
    ({ at, text }) =>
      html`<li><span class="at" title="${new Date(at).toISOString()}">+${formatDuration(at - createdAt)}</span><span class="why"><bdi>${text}</bdi></span></li>`,
  )}</ol>`;
}

/** What the target itself told: its phases with their times, and the end of its log where it failed. */
function target(step: Step): Html {
  if (step.state !== "done" || step.outcome.kind !== "reported") return html``;
  const { exit, phases = {}, tail, text } = step.outcome.report;
  const title = `target-${step.target}`;
  return html`<section aria-labelledby="${title}"><h2 id="${title}">On <bdi>${step.target}</bdi></h2>
<p class="about">deployctl ended with ${exit}: <bdi>${text}</bdi></p>
${phaseBar(phases)}
${exit !== 0 && tail ? html`<pre class="log" tabindex="0" aria-label="End of the log on this target">${tail}</pre>` : ""}</section>`;
}

/** One stretch per phase, as wide as it took. Phases are the target's own words: their place decides the colour, of those that runs have. */
function phaseBar(phases: Readonly<Record<string, number>>): Html {
  const entries = Object.entries(phases);
  const total = entries.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
  if (total === 0) return html``;
  let x = 0;
  const stretches = entries.map(([, milliseconds], index) => {
    const width = (milliseconds / total) * 1000;
    x += width;
    return html`<rect class="phase ${colour(index)}" x="${(x - width).toFixed(1)}" width="${Math.max(2, width).toFixed(1)}" height="10"/>`;
  });
  const words = entries.map(
    ([name, milliseconds], index) =>
      html`<li><span class="swatch ${colour(index)}" aria-hidden="true"></span><bdi>${name}</bdi> ${formatDuration(milliseconds)}</li>`,
  );
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${stretches}</svg><ul class="legend">${words}</ul>`;
}

function colour(index: number): string {
  return ["queued", "launching", "booting", "running"][index % 4] ?? "queued";
}
