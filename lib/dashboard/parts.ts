import { html } from "hono/html";
import type { Instant } from "../core/event.ts";
import type { Reason } from "../core/reason.ts";
import type { Run } from "../core/run/run.ts";
import { formatAge, formatDuration } from "./assets/duration.js";
import type { Html } from "./mark.ts";
import { elapsed } from "./outcome.ts";

/** `3 min ago`, kept fresh by the page's script. */
export function age(at: Instant, now: Instant): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}" data-age="${at}">${formatAge(now - at)}</time>`;
}

/** How long a run took, or takes so far: then the page's script lets it tick. */
export function took(run: Run, now: Instant): Html {
  const { since, until, open } = elapsed(run, now);
  const text = formatDuration(until - since);
  return open ? html`<span class="took" data-since="${since}">${text}</span>` : html`<span class="took">${text}</span>`;
}

/** `refs/heads/main` → main, with the kind of ref for those who need it. */
export function refName(ref: string): Html {
  const [, kind = "", name = ref] = /^refs\/(heads|tags|pull)\/(.+)$/s.exec(ref) ?? [];
  const word = { heads: "branch", tags: "tag", pull: "pull request" }[kind] ?? "ref";
  return html`<span class="ref" title="${word} ${name}">${kind === "tags" ? "tag " : kind === "pull" ? "#" : ""}<bdi>${name}</bdi></span>`;
}

export function commit(sha: string): Html {
  return html`<code class="sha" title="${sha}">${sha.slice(0, 7)}</code>`;
}

export function labels(names: readonly string[]): Html {
  return html`<span class="labels">${names.map((name) => html`<span class="label"><bdi>${name}</bdi></span>`)}</span>`;
}

/** `build.yml:3:12`, where the reason has a place. */
export function placeOf({ file, line, column }: Reason): string | undefined {
  if (file === undefined) return undefined;
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** The file's own name; the whole path stays readable as its title. */
export function workflowName(path: string): Html {
  return html`<span class="file" title="${path}"><bdi>${path.split("/").at(-1)}</bdi></span>`;
}
