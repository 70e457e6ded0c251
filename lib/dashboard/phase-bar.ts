import { html } from "hono/html";
import type { Instant } from "../core/event.ts";
import type { Run, Status } from "../core/run/run.ts";
import { formatDuration } from "./assets/duration.js";
import type { Html } from "./mark.ts";

interface Phase {
  readonly status: Status;
  readonly milliseconds: number;
}

/** Where the time went: one stretch per status, as wide as it took. */
export function phaseBar(run: Run, now: Instant): Html {
  const phases = phasesOf(run, now).filter(({ milliseconds }) => milliseconds > 0);
  const total = phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (total === 0) return html``;
  let x = 0;
  const stretches = phases.map(({ status, milliseconds }) => {
    const width = (milliseconds / total) * 1000;
    x += width;
    return html`<rect class="phase ${status}" x="${(x - width).toFixed(1)}" width="${Math.max(2, width).toFixed(1)}" height="10"/>`;
  });
  const words = phases.map(
    ({ status, milliseconds }) =>
      html`<li><span class="swatch ${status}" aria-hidden="true"></span>${status} ${formatDuration(milliseconds)}</li>`,
  );
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${stretches}</svg><ul class="legend">${words}</ul>`;
}

function phasesOf({ history, ...run }: Run, now: Instant): readonly Phase[] {
  const end = "endedAt" in run ? run.endedAt : now;
  return history.map(({ at, to }, index) => ({ status: to, milliseconds: (history[index + 1]?.at ?? end) - at }));
}
