import { html } from "hono/html";
import type { Deploy } from "../core/deploy/deploy.ts";
import type { Release } from "../core/deploy/deploy-request.ts";
import type { EnvironmentView, TargetView } from "../core/deploy/environment-view.ts";
import type { Instant } from "../core/event.ts";
import { deployOutcome } from "./deploy-outcome.ts";
import { type Html, markOf } from "./mark.ts";
import type { Outcome } from "./outcome.ts";
import type { View } from "./page.ts";
import { age, commit } from "./parts.ts";

/** What one look at the store gives for this page. */
export interface Deployed {
  readonly environments: readonly EnvironmentView[];
  /** The latest deploys, newest first. */
  readonly deploys: readonly Deploy[];
}

/** `/environments`: of each what is desired, observed and being done, three things apart, and its latest deploys. */
export function environmentsPage({ environments, deploys }: Deployed, now: Instant): View {
  const open = environments.filter(({ operation }) => operation).length;
  return {
    title: open > 0 ? `(${open}) Environments` : "Environments",
    status: environments.length === 0 ? "No environments" : statusOf(environments),
    section: "environments",
    events: "/environments/events",
    body:
      environments.length === 0
        ? nothingYet()
        : html`<h1 class="hidden">Environments</h1>${environments.map((view) => section(view, deploys, now))}`,
  };
}

function nothingYet(): Html {
  return html`<h1>No environments</h1>
<p>Name targets, apps and environments in <code>dayfly.yaml</code>: what runs where appears here.</p>`;
}

function statusOf(environments: readonly EnvironmentView[]): string {
  return environments.map((view) => `${view.app}/${view.env}: ${stateOf(view).word}`).join(", ");
}

function stateOf({ targets, operation, desired }: EnvironmentView): Outcome {
  if (operation) return deployOutcome(operation);
  if (!desired) return { word: "nothing desired", mark: "ring", tone: "calm" };
  if (targets.every(({ state }) => state === "same")) return { word: "as desired", mark: "check", tone: "good" };
  if (targets.some(({ state }) => state === "differs")) return { word: "differs", mark: "warn", tone: "warn" };
  return { word: "not seen yet", mark: "question", tone: "calm" };
}

function section(view: EnvironmentView, deploys: readonly Deploy[], now: Instant): Html {
  const { app, env, desired, targets, operation, waiting } = view;
  const own = deploys.filter((deploy) => deploy.app === app && deploy.env === env).slice(0, 5);
  return html`<section class="push environment" id="environment-${app}-${env}">
<h2>${markOf(stateOf(view))} <span class="repo"><bdi>${app}</bdi></span> <span class="ref"><bdi>${env}</bdi></span></h2>
<dl class="facts">
<div><dt>Desired</dt><dd>${desired ? html`${desired.op === "rollback" && !desired.release ? "the release before" : releaseOf(desired.release)} by <bdi>${desired.by}</bdi> ${age(desired.at, now)}` : "nothing"}</dd></div>
${targets.map((target) => html`<div><dt>Observed on <bdi>${target.name}</bdi></dt><dd>${observed(target, now)}</dd></div>`)}
<div><dt>Operation</dt><dd>${operation ? html`${link(operation.id, operation.status)}, next: <bdi>${operation.nextAction ?? ""}</bdi>` : "none"}</dd></div>
${waiting.map(({ id, release, by }) => html`<div><dt>Wants approval</dt><dd>${releaseOf(release)} by <bdi>${by}</bdi>: <code>dayfly approve ${id.slice(0, 8)}</code></dd></div>`)}
</dl>
<ul class="rows">${own.map((deploy) => row(deploy, now))}</ul>
</section>`;
}

function observed({ observed: seen, state }: TargetView, now: Instant): Html | string {
  if (!seen) return "nobody has seen it yet";
  const differs = state === "differs" ? html`, <strong>differs from desired</strong>` : "";
  return html`${releaseOf(seen.release)}, ${seen.condition}${differs} (${seen.from} ${age(seen.at, now)})`;
}

export function releaseOf(release: Partial<Release> | undefined): Html | string {
  if (!release || (release.tag === undefined && release.commit === undefined)) return "nothing";
  const tag = release.tag === undefined ? "" : html`<span class="ref"><bdi>${release.tag}</bdi></span> `;
  return html`${tag}${release.commit === undefined ? "" : commit(release.commit)}`;
}

function link(id: string, text: string): Html {
  return html`<a href="/deploys/${encodeURIComponent(id)}">${text}</a>`;
}

function row(deploy: Deploy, now: Instant): Html {
  return html`<li id="deploy-${deploy.id}"><a class="row" href="/deploys/${encodeURIComponent(deploy.id)}">
${markOf(deployOutcome(deploy))}
<span class="name"><bdi>${deploy.op === "rollback" ? `rollback ${deploy.release?.tag ?? ""}` : (deploy.release?.tag ?? "")}</bdi></span>
<span class="why"><bdi>${deploy.reason.text}</bdi></span>
<span class="labels"></span>
<span class="took">${age(deploy.createdAt, now)}</span>
</a></li>`;
}
