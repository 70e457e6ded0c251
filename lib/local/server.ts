import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type * as z from "zod/mini";
import { claim } from "../app/claim.ts";
import { exit } from "../app/exit.ts";
import { MAX_BODY_BYTES, receiveWebhook } from "../app/webhook.ts";
import type { DeployWorld, TakingBundles } from "../core/deploy/deploy-ports.ts";
import { UserError, WorldError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { World } from "../core/ports.ts";
import { ClaimBody, ExitBody } from "../core/webhook/runner-calls.ts";
import { deployApi } from "./server/deploy-api.ts";
import { putBundle } from "./server/put-bundle.ts";
import { readBody } from "./server/read-body.ts";

export interface RoutesOptions {
  readonly world: World;
  /** Which machine holds this one-time key? */
  readonly identify: (key: string) => string | undefined;
  /** The same world with its deploys. */
  readonly deploys: DeployWorld & { readonly bundles: TakingBundles };
  /** Everything that is no route of ours: the page. */
  readonly page: (request: Request) => Response | Promise<Response>;
}

const maxRunnerBytes = 65_536;

/** What the deploy API answers to, the ways that are closed included. */
const deployRoots = ["deploys", "bundles", "environments", "inspections", "tokens", "deploy", "shell", "exec", "ssh"];

/** The whole web side of one computer: webhooks, machines, and the page for the rest. */
export function localRoutes({ world, deploys, identify, page }: RoutesOptions): Hono {
  const app = new Hono();
  app.post("/webhook/:forge", (context) => webhook(world, context.req.raw, context.req.param("forge")));
  app.post("/runner/claim", async (context) => {
    const call = await runnerCall(context, identify, ClaimBody);
    if (call instanceof Response) return call;
    return answer(await claim(world, call.caller, call.body.bootId));
  });
  app.post("/runner/exit", async (context) => {
    const call = await runnerCall(context, identify, ExitBody);
    if (call instanceof Response) return call;
    return answer(await exit(world, call.caller, call.body));
  });
  for (const root of deployRoots) {
    app.all(`/api/${root}`, (context) => deployApi(deploys, context.req.raw));
    app.all(`/api/${root}/*`, (context) => deployApi(deploys, context.req.raw));
  }
  app.put("/bundles/*", (context) => putBundle(deploys.bundles, context.req.raw));
  app.all("*", (context) => page(context.req.raw));
  app.onError((error, context) => {
    world.log.error("request failed", { path: context.req.path, error: error.message });
    return context.json({ error: "failed", text: "the server could not do this; its log says why" }, 500);
  });
  return app;
}

async function webhook(world: World, request: Request, forge: string): Promise<Response> {
  // One byte too many is enough to be refused.
  const body = await readBody(request, MAX_BODY_BYTES + 1);
  return answer(await receiveWebhook(world, { forge, headers: Object.fromEntries(request.headers), body }));
}

interface RunnerCall<Body> {
  readonly caller: { readonly instanceId: string };
  readonly body: Body;
}

async function runnerCall<Shape extends z.ZodMiniType>(
  context: Context,
  identify: RoutesOptions["identify"],
  shape: Shape,
): Promise<RunnerCall<z.infer<Shape>> | Response> {
  const [, key = ""] = /^Bearer ([\w.-]{1,200})$/.exec(context.req.header("authorization") ?? "") ?? [];
  const instanceId = identify(key);
  if (instanceId === undefined) return context.json({ error: "unknown-key", text: "no machine of ours holds it" }, 403);
  const bytes = await readBody(context.req.raw, maxRunnerBytes);
  const body = shape.safeParse(parseJson(Buffer.from(bytes).toString("utf8")));
  if (!body.success) return context.json({ error: "invalid", text: "the body is not what this call takes" }, 400);
  return { caller: { instanceId }, body: body.data };
}

function answer({ status, body }: { readonly status: number; readonly body?: unknown }): Response {
  return body === undefined ? new Response(null, { status }) : Response.json(body, { status });
}

export interface ServerPlace {
  /** `127.0.0.1` unless somebody wants the page on the network. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface LocalServer {
  /** Origin under which programs of this computer reach it. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws UserError where the host is not ours; WorldError where the port is taken or not ours to take */
export async function startServer(routes: Hono, { host, port }: ServerPlace): Promise<LocalServer> {
  const server = createAdaptorServer({ fetch: routes.fetch, hostname: host });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://${reachable(host)}:${taken}`,
    async close() {
      // Pages keep their event streams open for ever.
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function cannotListen({ code, message }: NodeJS.ErrnoException, host: string, port: number): Error {
  const taken = (text: string): WorldError => new WorldError(text, { retryable: false });
  if (code === "EADDRINUSE") return taken(`port ${port} is in use`);
  if (code === "EACCES") return taken(`port ${port} is reserved by the system: it takes one above 1023`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return new UserError(`${host} is no address of this computer`);
  return taken(`the server cannot listen on ${host}:${port}: ${message}`);
}

function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
