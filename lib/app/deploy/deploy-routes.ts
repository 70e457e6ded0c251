import type { Deploy } from "../../core/deploy/deploy.ts";
import { ApproveBody, DeployBody, InspectBody } from "../../core/deploy/deploy-calls.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { fits } from "../../core/deploy/deploy-request.ts";
import { type Asker, permit, type Refusal, refuseAsker } from "../../core/deploy/policy.ts";
import { WorldError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { approveDeploy, type DeployAnswer, requestDeploy } from "./deploy.ts";
import { advanceDeploy } from "./deploy-advance.ts";
import { type ApiAnswer, type ApiCall, invalid, noDeploy, nothingHere, problem, refused } from "./deploy-answer.ts";
import { askerOf } from "./deploy-asker.ts";
import { postBundle } from "./deploy-bundle.ts";
import { askTarget, readAnswer } from "./deploy-inspect.ts";
import { readableEnvironments, readEnvironment } from "./deploy-read.ts";
import { answerTokenCall } from "./deploy-token-routes.ts";

const MAX_LIST = 100;
/** Every body of this API has a handful of short words. */
export const MAX_BODY_BYTES = 65_536;

/** As it comes from the network: whoever sends no well-formed bearer token is nobody. */
export async function answerBearer(
  world: DeployWorld,
  authorization: string | undefined,
  call: ApiCall,
): Promise<ApiAnswer> {
  if (Buffer.byteLength(call.body) > MAX_BODY_BYTES) return problem(413, "too-big", `at most ${MAX_BODY_BYTES} bytes`);
  const [, bearer] = /^Bearer ([\w.-]{1,200})$/.exec(authorization ?? "") ?? [];
  try {
    return await answerDeployCall(world, await askerOf(world, bearer), call);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    world.log.warn("a call of the deploy API was not answered", { path: call.path, error: error.message });
    return problem(503, "later", "not now, come again");
  }
}

/**
 * The deploy API, the same on AWS and on one computer. Every answer comes at once: what takes longer has an address to ask at.
 */
export async function answerDeployCall(world: DeployWorld, asker: Asker, call: ApiCall): Promise<ApiAnswer> {
  const nobody = refuseAsker(asker, world.clock.now());
  if (nobody) return refused(nobody);
  const [api, root, id, verb, ...rest] = call.path.split("/").slice(1);
  if (api !== "api" || rest.length > 0) return nothingHere;
  switch (`${call.method} ${root}${id === undefined ? "" : "/:id"}${verb === undefined ? "" : `/${verb}`}`) {
    case "POST deploys":
      return postDeploy(world, asker, call.body);
    case "GET deploys":
      return listDeploys(world, asker, call.query);
    case "GET deploys/:id":
      return getDeploy(world, asker, id ?? "");
    case "POST deploys/:id/approve":
      return postApproval(world, asker, id ?? "", call.body);
    case "GET deploys/:id/audit":
      return getAudit(world, asker, id ?? "");
    case "GET environments":
      return getEnvironments(world, asker, call.query);
    case "GET tokens":
    case "POST tokens":
    case "POST tokens/:id/revoke":
      return answerTokenCall(world, asker, call, id);
    case "POST bundles":
      return postBundle(world, asker, call.body);
    case "POST inspections":
      return postInspection(world, asker, call.body);
    case "GET inspections/:id":
      return getInspection(world, asker, id ?? "", call.query);
    default:
      return retiredWay(root) ?? nothingHere;
  }
}

/** Ways that deploys once took: each says why it is closed and which one is open, and starts nothing. */
function retiredWay(root: string | undefined): ApiAnswer | undefined {
  if (root === undefined || !["deploy", "shell", "exec", "ssh"].includes(root)) return undefined;
  const text = "an app changes by one way only: a stored wish, carried out by the target's own scripts";
  return { status: 410, body: { error: "retired", text, instead: "POST /api/deploys" } };
}

async function postDeploy(world: DeployWorld, asker: Asker, text: string): Promise<ApiAnswer> {
  const body = DeployBody.safeParse(parseJson(text));
  if (!body.success) return invalid(body.error);
  return begun(world, await requestDeploy(world, asker, body.data));
}

/** The wish is stored; its command goes out at once where it can. What fails here is left for the next look. */
async function begun(world: DeployWorld, answer: DeployAnswer): Promise<ApiAnswer> {
  if (answer.kind !== "accepted") return answerOf(answer);
  const { id } = answer.deploy;
  try {
    await advanceDeploy(world, id);
    return answerOf({ kind: "accepted", deploy: (await world.deploys.get(id)) ?? answer.deploy });
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    world.log.warn("a deploy did not begin at once", { deployId: id, error: error.message });
    return answerOf(answer);
  }
}

async function postApproval(world: DeployWorld, asker: Asker, id: string, text: string): Promise<ApiAnswer> {
  const body = ApproveBody.safeParse(parseJson(text));
  if (!body.success) return invalid(body.error);
  const answer = await approveDeploy(world, asker, id, body.data);
  return answer.kind === "unknown" ? noDeploy(id) : begun(world, answer);
}

function answerOf(answer: DeployAnswer): ApiAnswer {
  switch (answer.kind) {
    case "accepted":
      return { status: 202, body: viewOf(answer.deploy) };
    case "planned":
      return { status: 200, body: { dryRun: true, ...answer.plan } };
    case "refused":
      return refused(answer);
    case "conflict":
      return problem(409, answer.code, answer.text);
  }
}

/** Asking how it goes also makes it go: whoever waits needs no other clock. */
async function getDeploy(world: DeployWorld, asker: Asker, id: string): Promise<ApiAnswer> {
  const found = fits("id", id) ? await world.deploys.get(id) : undefined;
  if (!found) return noDeploy(id);
  const refusal = refusalToRead(world, asker, found);
  if (refusal) return refused(refusal);
  await advanceDeploy(world, id);
  return { status: 200, body: viewOf((await world.deploys.get(id)) ?? found) };
}

/** A token's own app is looked for from the start: the newest of all apps may hold none of it. */
async function listDeploys(world: DeployWorld, asker: Asker, asked: ApiCall["query"]): Promise<ApiAnswer> {
  const { app = asker.kind === "token" ? asker.token.app : undefined, env } = asked;
  const query = { limit: MAX_LIST, ...(app === undefined ? {} : { app }), ...(env === undefined ? {} : { env }) };
  const deploys = (await world.deploys.list(query)).filter((deploy) => !refusalToRead(world, asker, deploy));
  return { status: 200, body: { deploys: deploys.map(viewOf) } };
}

async function getAudit(world: DeployWorld, asker: Asker, id: string): Promise<ApiAnswer> {
  const found = fits("id", id) ? await world.deploys.get(id) : undefined;
  if (!found) return noDeploy(id);
  const refusal = refusalToRead(world, asker, found);
  return refusal ? refused(refusal) : { status: 200, body: { id, entries: await world.deploys.audit(id) } };
}

/** `?app=&env=`: that one; an environment that this asker may not read, or that does not exist, says why. */
async function getEnvironments(world: DeployWorld, asker: Asker, { app, env }: ApiCall["query"]): Promise<ApiAnswer> {
  if (app === undefined || env === undefined)
    return { status: 200, body: { environments: await readableEnvironments(world, asker) } };
  const permission = permit(asker, { act: "read", app, env }, world.rules, world.clock.now());
  if (permission.kind === "refused") return refused(permission);
  return { status: 200, body: { environments: [await readEnvironment(world, permission.rule, env)] } };
}

/** A deploy as it is told; `url` is where to ask how it goes. */
export function viewOf({ version: _version, ...deploy }: Deploy): object {
  return { ...deploy, url: `/api/deploys/${deploy.id}` };
}

async function postInspection(world: DeployWorld, asker: Asker, text: string): Promise<ApiAnswer> {
  const body = InspectBody.safeParse(parseJson(text));
  if (!body.success) return invalid(body.error);
  const { app, env, verb, deployId } = body.data;
  const permission = permit(asker, { act: "read", app, env }, world.rules, world.clock.now());
  if (permission.kind === "refused") return refused(permission);
  const question = { kind: "inspect", verb, app, env, ...(deployId ? { deployId } : {}) } as const;
  const asked = [];
  for (const target of permission.rule.targets) asked.push({ target, ...(await askTarget(world, target, question)) });
  return { status: 202, body: { app, env, verb, asked } };
}

/** `?app=&env=&target=`: the answer is told to whoever may read that environment, of targets of that environment. */
async function getInspection(
  world: DeployWorld,
  asker: Asker,
  commandId: string,
  { app = "", env = "", target = "" }: ApiCall["query"],
): Promise<ApiAnswer> {
  const permission = permit(asker, { act: "read", app, env }, world.rules, world.clock.now());
  if (permission.kind === "refused") return refused(permission);
  if (!permission.rule.targets.includes(target)) return problem(422, "unknown-target", "no target of that environment");
  const result = await readAnswer(world, { app, env }, target, commandId);
  return { status: 200, body: result };
}

function refusalToRead(world: DeployWorld, asker: Asker, { app, env }: Deploy): Refusal | undefined {
  const permission = permit(asker, { act: "read", app, env }, world.rules, world.clock.now());
  return permission.kind === "refused" ? permission : undefined;
}
