import { html } from "hono/html";
import type { Html } from "./mark.ts";

/** What one address shows; live updates send `title`, `status` and `body` again. */
export interface View {
  readonly title: string;
  /** One line that is read aloud when it changes. */
  readonly status: string;
  readonly body: Html;
  /** Which entry of the navigation it belongs to. */
  readonly section: "runs" | "pushes" | "environments" | "none";
  /** Path of its event stream; without one the page stays as it is. */
  readonly events?: string;
}

const sections = [
  { section: "runs", path: "/", name: "Runs" },
  { section: "pushes", path: "/pushes", name: "Pushes" },
  { section: "environments", path: "/environments", name: "Environments" },
] as const;

/** A whole document. Everything it needs comes from this server; there is no inline script or style. */
export function page(view: View, now: number): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${view.title} · Dayfly</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/page.js" type="module"></script>
</head>
<body data-now="${now}">
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" width="22" height="22" alt=""> Dayfly</a>
<nav aria-label="Pages">${sections.map(
    ({ section, path, name }) =>
      html`<a href="${path}" ${section === view.section ? html`aria-current="page"` : ""}>${name}</a>`,
  )}</nav>
<p class="link" id="link" role="status" hidden></p>
</header>
<p class="${view.section === "none" ? "hidden" : "status"}" id="status" role="status">${view.status}</p>
<main id="main" tabindex="-1" ${view.events ? html`data-events="${view.events}"` : ""}>${view.body}</main>
<noscript><p class="note">Without JavaScript this page does not update by itself: reload it.</p></noscript>
</body>
</html>
`;
}

/** A page for what is not there, or must not be. */
export function notice(title: string, text: string): View {
  return {
    title,
    status: "",
    section: "none",
    body: html`<h1>${title}</h1><p>${text}</p><p><a href="/">All runs</a></p>`,
  };
}
