import { Hono } from "hono";
import { type Answers, answers } from "./answers.ts";
import { addDeployRoutes, type DeployPagesWorld } from "./deploy-routes.ts";
import { isSameOrigin, knowsHost, securityHeaders } from "./guard.ts";
import { addPushRoutes, type PushPagesWorld } from "./push-routes.ts";
import { addRunRoutes, type RunPagesWorld } from "./run-routes.ts";

/** What the page reads, and what it can ask for. */
export interface DashboardWorld extends RunPagesWorld, PushPagesWorld, DeployPagesWorld {
  /** Files of lib/dashboard/assets by name. */
  readonly asset: (name: string) => Promise<string | undefined>;
  /** Host names, besides loopback, under which this page may be asked for. */
  readonly hosts: readonly string[];
}

const assetTypes: Readonly<Record<string, string>> = {
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "duration.js": "text/javascript; charset=utf-8",
  "log-line.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/** The page: routes Request → Response. Nothing here changes state on GET. */
export function dashboard(world: DashboardWorld): Hono {
  const app = new Hono();
  const ways = answers(world.now);
  guardAll(app, world.hosts);
  addRunRoutes(app, world, ways);
  addPushRoutes(app, world, ways);
  addDeployRoutes(app, world, ways);
  addAssets(app, world, ways);
  app.notFound(ways.missing);
  return app;
}

/** Before every route: security headers on whatever is answered, known hosts only, buttons of this page only. */
function guardAll(app: Hono, hosts: readonly string[]): void {
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });
  app.use((context, next) => {
    if (!knowsHost(context.req.raw, hosts)) {
      return Promise.resolve(context.text("This address is not one of mine: --host <name> makes it one.\n", 421));
    }
    if (context.req.method === "POST" && !isSameOrigin(context.req.raw)) {
      return Promise.resolve(
        context.text("Only this page's own buttons may do that; programs use the command line.\n", 403),
      );
    }
    return next().then(() => undefined);
  });
}

function addAssets(app: Hono, world: Pick<DashboardWorld, "asset">, { missing }: Answers): void {
  app.get("/assets/:name", async (context) => {
    const name = context.req.param("name");
    const type = Object.hasOwn(assetTypes, name) ? assetTypes[name] : undefined;
    const body = type && (await world.asset(name));
    return type && body !== undefined ? context.body(body, 200, { "content-type": type }) : missing();
  });
}
