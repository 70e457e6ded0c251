import { html, raw } from "hono/html";
import type { Mark, Outcome } from "./outcome.ts";

/** A fragment whose foreign parts are escaped already. */
export type Html = ReturnType<typeof html>;

const ring = '<circle cx="8" cy="8" r="6.25"/>';

/** Drawn with strokes in a 16 × 16 box; each shape is told apart without its colour. */
const shapes: Readonly<Record<Mark, string>> = {
  check: `${ring}<path d="m5 8.2 2.1 2.1L11 6.2"/>`,
  cross: `${ring}<path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>`,
  spin: '<path class="turn" d="M8 1.75A6.25 6.25 0 1 1 1.75 8"/>',
  dots: '<circle cx="3" cy="8" r=".9"/><circle cx="8" cy="8" r=".9"/><circle cx="13" cy="8" r=".9"/>',
  ring,
  rise: `${ring}<path d="M8 11V5.4M5.6 7.6 8 5.2l2.4 2.4"/>`,
  dash: `${ring}<path d="M5 8h6"/>`,
  slash: `${ring}<path d="m3.8 12.2 8.4-8.4"/>`,
  clock: `${ring}<path d="M8 4.4V8l2.3 1.6"/>`,
  warn: '<path d="M8 2 14.5 13.5H1.5Z"/><path d="M8 6.4v3.2m0 1.8v.1"/>',
  question: `${ring}<path d="M6.2 6.4a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.2m0 1.7v.1"/>`,
};

/** The mark with its word: the word is always read aloud, and shown where there is room. */
export function markOf({ mark, word, tone }: Outcome): Html {
  return html`<span class="mark ${tone}"><svg viewBox="0 0 16 16" aria-hidden="true">${raw(shapes[mark])}</svg><span class="word">${word}</span></span>`;
}
