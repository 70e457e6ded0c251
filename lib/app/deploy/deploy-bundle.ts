import type { Bundle } from "../../core/deploy/bundle.ts";
import { BundleBody } from "../../core/deploy/deploy-calls.ts";
import type { Commands, DeployCommand, DeployWorld, SendResult } from "../../core/deploy/deploy-ports.ts";
import type { Release } from "../../core/deploy/deploy-request.ts";
import { type Asker, permit, type Refusal, refuse } from "../../core/deploy/policy.ts";
import { WorldError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { type ApiAnswer, invalid, problem, refused } from "./deploy-answer.ts";

/** An upload of the largest bundle over a slow line. */
const OFFER_MS = 15 * 60_000;
/** A target reads the address as soon as its command begins; its clock and ours may differ. */
const READ_MS = 2 * 60_000;

/**
 * `POST /api/bundles`: whoever may deploy that app there gets an address for one bundle, and no other right. Where the bundle lies is
 * decided here, by app and digest: nobody's upload can take another one's place.
 */
export async function postBundle(world: DeployWorld, asker: Asker, text: string): Promise<ApiAnswer> {
  const body = BundleBody.safeParse(parseJson(text));
  if (!body.success) return invalid(body.error);
  const { app, env, digest, bytes } = body.data;
  const now = world.clock.now();
  const permission = permit(asker, { act: "deploy", app, env }, world.rules, now);
  if (permission.kind === "refused") return refused(permission);
  if (!world.bundled.has(app))
    return problem(422, "no-bundles", `releases of ${app} are no bundles: dayfly.yaml would say \`bundle: true\``);
  if (await world.bundles.has({ app, digest })) return { status: 200, body: { stored: true } };
  const until = now + OFFER_MS;
  const offer = await world.bundles.offer({ app, digest }, bytes, until);
  world.log.info("bundle offered", { app, env, digest, bytes, by: permission.by });
  return { status: 201, body: { stored: false, ...offer, until } };
}

/** Why this release of an app with bundles cannot be deployed; undefined where its bundle is there, or where none is needed. */
export async function refusalWithoutBundle(
  world: DeployWorld,
  app: string,
  release: Release | undefined,
): Promise<Refusal | undefined> {
  if (!world.bundled.has(app)) return undefined;
  const bundle = bundleOf(app, release);
  if (!bundle) return refuse(422, "no-digest", `releases of ${app} are bundles: name one by its digest`);
  if (await world.bundles.has(bundle)) return undefined;
  return refuse(422, "no-bundle", `there is no bundle ${bundle.digest} of ${app}: upload it first`);
}

/** The target gets the address with its command. Where a bundle has expired the target may have its files still: it decides. */
export async function sendWithBundle(
  world: DeployWorld,
  commands: Commands,
  command: DeployCommand,
): Promise<SendResult> {
  const bundle = world.bundled.has(command.app) ? bundleOf(command.app, command.release) : undefined;
  if (!bundle) return commands.send(command);
  let address: string | undefined;
  try {
    if (await world.bundles.has(bundle)) address = await world.bundles.address(bundle, command.notAfter + READ_MS);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { kind: "unreachable", text: `the bundle cannot be looked for: ${error.message}` };
  }
  return commands.send(address === undefined ? command : { ...command, bundle: address });
}

function bundleOf(app: string, release: Release | undefined): Bundle | undefined {
  return release?.digest === undefined ? undefined : { app, digest: release.digest };
}
