import { type Deploy, isOver, openStep } from "../../core/deploy/deploy.ts";
import { commandOf, type DeployAction, nextAction } from "../../core/deploy/deploy-action.ts";
import type { DeployEvent } from "../../core/deploy/deploy-event.ts";
import type { Commands, DeployWorld, SendResult } from "../../core/deploy/deploy-ports.ts";
import { WorldError } from "../../core/errors.ts";
import type { Instant } from "../../core/event.ts";
import { sendWithBundle } from "./deploy-bundle.ts";
import { changeDeploy, changeEnvironment, wakeSoon, writeObserved } from "./deploy-change.ts";

/** More than any deploy needs at one go; the rest is for the next look. */
const MAX_TURNS = 12;
const MAX_WAKE_SECONDS = 900;

/**
 * Look at one deploy and do what is due. Safe at any time, any number of times, by anybody: each step starts from a strong read,
 * is written down before it is done, and is conditional on nobody having written since.
 */
export async function advanceDeploy(world: DeployWorld, id: string, hint?: "command-ended"): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const deploy = await world.deploys.get(id);
    if (!deploy) return;
    if (isOver(deploy)) return release(world, deploy);
    const action = nextAction(hint && turn === 0 ? dueNow(deploy) : deploy, world.clock.now());
    if (action.kind === "nothing") return wakeFor(world, deploy);
    await act(world, deploy, action);
  }
}

/** Somebody says that its command has ended: no need to wait until it is due. Any other state waits as it did. */
function dueNow(deploy: Deploy): Deploy {
  if (openStep(deploy)?.state !== "sent") return deploy;
  const { dueAt: _later, ...now } = deploy;
  return now;
}

async function wakeFor(world: DeployWorld, { id, dueAt }: Deploy): Promise<void> {
  if (dueAt === undefined) return;
  const seconds = Math.max(0, Math.ceil((dueAt - world.clock.now()) / 1000));
  await wakeSoon(world, id, Math.min(seconds, MAX_WAKE_SECONDS));
}

async function act(world: DeployWorld, deploy: Deploy, action: DeployAction): Promise<void> {
  const say = async (event: Saying) => void (await changeDeploy(world, deploy, { ...event, at: world.clock.now() }));
  switch (action.kind) {
    case "nothing":
      return;
    case "give-up":
      return say({ kind: "time" });
    case "take-turn":
      return takeTurn(world, deploy);
    case "send":
      return send(world, deploy, action.target);
    case "find":
      return find(world, deploy, action.target);
    case "follow":
      return say(await follow(world, deploy, action));
    case "inspect":
      return say(await inspect(world, deploy, action.target));
    case "read-inspection":
      return say(await readInspection(world, deploy, action));
  }
}

/** An event without its time. */
type Saying = DeployEvent extends infer E ? (E extends DeployEvent ? Omit<E, "at"> : never) : never;

/** One deploy at a time acts in an environment, and only the one that is desired begins. */
async function takeTurn(world: DeployWorld, deploy: Deploy): Promise<void> {
  const { id, app, env } = deploy;
  const environment = await world.environments.get(app, env);
  const desired = environment?.desired;
  const at = world.clock.now();
  if (!environment || desired?.deployId !== id) {
    const text = `${desired?.release?.tag ?? "a rollback"} was asked for later (${desired?.deployId ?? "?"})`;
    await changeDeploy(world, deploy, { kind: "superseded", at, text });
    return;
  }
  const { operation } = environment;
  const other = operation === undefined || operation === id ? undefined : await world.deploys.get(operation);
  if (other && !isOver(other)) {
    await changeDeploy(world, deploy, { kind: "held", at, text: `wait for ${other.id}, which is at work` });
    return;
  }
  if (operation !== id) {
    const taken = await world.environments.save({ ...environment, operation: id }, environment.version);
    if (taken === "stale") return;
  }
  await changeDeploy(world, deploy, { kind: "began", at });
}

async function send(world: DeployWorld, deploy: Deploy, target: string): Promise<void> {
  const written = await changeDeploy(world, deploy, { kind: "sending", at: world.clock.now() });
  const command = written && commandOf(written);
  if (!command) return;
  const sent = await attempt(() => sendWithBundle(world, commandsOf(world, target), command));
  await changeDeploy(world, written, eventOfSend(sent, world.clock.now()));
}

function eventOfSend(sent: SendResult | Unanswered, at: Instant): DeployEvent {
  switch (sent.kind) {
    case "sent":
      return { kind: "sent", at, commandId: sent.commandId };
    case "unreachable":
      return { kind: "not-sent", at, text: sent.text, forGood: false };
    case "impossible":
      return { kind: "not-sent", at, text: sent.text, forGood: true };
    case "unknown":
    case "unanswered":
      return { kind: "doubtful", at };
  }
}

/** Somebody died, or was not answered, while sending. What cannot be found is sent again: the target applies an id once. */
async function find(world: DeployWorld, deploy: Deploy, target: string): Promise<void> {
  const found = await attempt(() => commandsOf(world, target).find(deploy.id));
  const commandId = "kind" in found ? undefined : found[0];
  if (commandId === undefined) return send(world, deploy, target);
  await changeDeploy(world, deploy, { kind: "sent", at: world.clock.now(), commandId });
}

/** What the target said is written down as observed before the deploy goes on: a crash between repeats it. */
async function follow(
  world: DeployWorld,
  deploy: Deploy,
  { target, commandId }: Extract<DeployAction, { kind: "follow" }>,
): Promise<Saying> {
  const result = await attempt(() => commandsOf(world, target).result(commandId));
  switch (result.kind) {
    case "pending":
    case "unanswered":
      return { kind: "no-news" };
    case "reported":
      await writeObserved(world, deploy, target, result.report);
      return result;
    case "undelivered":
    case "unheard":
      return result;
  }
}

async function inspect(world: DeployWorld, { app, env, id }: Deploy, target: string): Promise<Saying> {
  const question = { kind: "inspect", verb: "status", app, env, deployId: id } as const;
  const sent = await attempt(() => commandsOf(world, target).send(question));
  if (sent.kind === "sent") return { kind: "asked", inspectionId: sent.commandId };
  return { kind: "no-answer", text: sent.text };
}

async function readInspection(
  world: DeployWorld,
  deploy: Deploy,
  { target, inspectionId }: Extract<DeployAction, { kind: "read-inspection" }>,
): Promise<Saying> {
  const result = await attempt(() => commandsOf(world, target).result(inspectionId));
  if (result.kind === "pending") return { kind: "no-news" };
  if (result.kind !== "reported") return { kind: "no-answer", text: result.text };
  if (result.report.op !== "status" || result.report.exit !== 0)
    return { kind: "no-answer", text: `${target} says: ${result.report.text}` };
  await writeObserved(world, deploy, target, result.report);
  return { kind: "inspected", report: result.report };
}

/** The environment is free again; whoever is desired there by now has its turn. */
async function release(world: DeployWorld, { id, app, env }: Deploy): Promise<void> {
  const environment = await changeEnvironment(world, app, env, (stored) => {
    if (stored.operation !== id) return undefined;
    const { operation: _over, ...rest } = stored;
    return rest;
  });
  const next = environment.desired?.deployId;
  if (next !== undefined && next !== id) await wakeSoon(world, next, 0);
}

interface Unanswered {
  readonly kind: "unanswered";
  readonly text: string;
}

/** The world's failures are answers too: nobody knows what came of the call. */
async function attempt<T>(call: () => Promise<T>): Promise<T | Unanswered> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { kind: "unanswered", text: error.message };
  }
}

function commandsOf(world: DeployWorld, target: string): Commands {
  return world.commands(target) ?? nowhere(target);
}

/** A target that was taken out of dayfly.yaml while a deploy was under way. */
function nowhere(target: string): Commands {
  const text = `dayfly.yaml has no target ${target}`;
  return {
    send: async () => ({ kind: "impossible", text }),
    find: async () => [],
    result: async () => ({ kind: "unheard", text }),
  };
}
