import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { html } from "hono/html";
import { appManifest, type MadeApp, redeemManifest } from "../../forges/github/app-manifest.ts";
import { startServer } from "../../local/server.ts";
import { forgeWorld } from "./world-forge.ts";

export interface AppOrder {
  /** GitHub's address. */
  readonly url: string;
  readonly org: string | undefined;
  readonly name: string;
  /** Where its webhooks go, once they can. */
  readonly webhook: string | undefined;
  /** Of the page for the browser. */
  readonly port: number;
}

/**
 * Has a person's browser make a GitHub App from our description, and takes what GitHub hands back for it.
 *
 * The page listens on this computer alone. What comes back counts only with the word that this call put into the page.
 *
 * @param tell told of the page's address, when it is there
 * @returns undefined when `stop` fired first
 */
export async function makeGithubApp(
  order: AppOrder,
  tell: (page: string) => void,
  stop: AbortSignal,
): Promise<MadeApp | undefined> {
  const word = randomBytes(16).toString("hex");
  let take: (code: string) => void = () => undefined;
  const code = new Promise<string | undefined>((resolve) => {
    take = resolve;
    stop.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const routes = new Hono();
  const server = await startServer(routes, { host: "127.0.0.1", port: order.port });
  const own = new URL(server.url).host;
  routes.use(async (context, next) => {
    // A page of another site may not read the word by another name of this computer.
    if (context.req.header("host") !== own) return context.text("ask for this page as 127.0.0.1", 403);
    return next();
  });
  routes.get("/", (context) => context.html(page(order, `${server.url}/made`, word)));
  routes.get("/made", (context) => {
    const { code: given, state } = context.req.query();
    if (state !== word || !given) return context.text("This did not come from the page of dayfly setup.", 400);
    take(given);
    return context.text("Dayfly has its App. You can close this page; the terminal says what comes next.");
  });
  try {
    tell(`${server.url}/`);
    const redeemable = await code;
    return redeemable === undefined ? undefined : await redeemManifest(order.url, redeemable, forgeWorld);
  } finally {
    await server.close();
  }
}

function page({ url, org, name, webhook }: AppOrder, redirect: string, word: string) {
  const place =
    org === undefined ? "/settings/apps/new" : `/organizations/${encodeURIComponent(org)}/settings/apps/new`;
  const manifest = appManifest({ name, redirect, ...(webhook === undefined ? {} : { webhook }) });
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dayfly: a GitHub App</title></head>
<body><h1>Make a GitHub App for Dayfly</h1>
<p>GitHub asks you once more, and shows what the App may do.</p>
<form action="${url}${place}?state=${word}" method="post">
<input type="hidden" name="manifest" value="${JSON.stringify(manifest)}">
<button>Make it at GitHub</button>
</form></body></html>`;
}
