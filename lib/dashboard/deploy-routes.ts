import type { Hono } from "hono";
import type { Deploy } from "../core/deploy/deploy.ts";
import type { Instant } from "../core/event.ts";
import type { Answers } from "./answers.ts";
import { deployPage } from "./deploy-page.ts";
import { type Deployed, environmentsPage } from "./environments-page.ts";

/** What the pages of deploys read. */
export interface DeployPagesWorld {
  /** Environments with their latest deploys. */
  readonly deployed: () => Promise<Deployed>;
  readonly deploy: (id: string) => Promise<Deploy | undefined>;
  readonly now: () => Instant;
}

export function addDeployRoutes(app: Hono, world: DeployPagesWorld, { show, missing, live }: Answers): void {
  app.get("/environments", async () => show(environmentsPage(await world.deployed(), world.now())));
  app.get("/environments/events", (context) =>
    live(context, { read: world.deployed, view: (found) => environmentsPage(found, world.now()) }),
  );

  app.get("/deploys/:id", async (context) => {
    const deploy = await world.deploy(context.req.param("id"));
    return deploy ? show(deployPage(deploy, world.now())) : missing();
  });
  app.get("/deploys/:id/events", async (context) => {
    const id = context.req.param("id");
    const deploy = await world.deploy(id);
    if (!deploy) return missing();
    return live(context, {
      read: async () => (await world.deploy(id)) ?? deploy,
      view: (found) => deployPage(found, world.now()),
    });
  });
}
