import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod/mini";
import { UserError } from "../../core/errors.ts";
import type { ServerForge } from "../../core/forge.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { portOf } from "../port.ts";
import { privateFile } from "../private-file.ts";
import { type ForgeAccess, openForge } from "../world/world-forge.ts";
import { makeGithubApp } from "../world/world-github-app.ts";
import { forgeAddress } from "./forge-access.ts";
import { asking, probe } from "./forge-failure.ts";
import { placesOf, targetOf } from "./hooks-add-run.ts";
import { awsSteps, checkRunners } from "./setup-check.ts";
import { shellQuoted, signingSecret, writeSecret } from "./setup-files.ts";

/** How long a person may take for a step in the browser. */
const PATIENCE_MS = 15 * 60_000;
const LOOK_EVERY_MS = 2_000;

const KnownApp = z.object({ id: z.string(), page: z.string() });
type KnownApp = z.infer<typeof KnownApp>;

interface Places {
  readonly app: string;
  readonly key: string;
  readonly secret: string;
}

export async function setUpGithub(call: Call): Promise<ExitCode> {
  const { terminal, operands } = call;
  placesOf(call);
  const url = forgeAddress(String(call.options.url));
  const webhook = call.options.to === undefined ? undefined : targetOf(call, undefined);
  const folder = resolve(call.folder, String(call.options.out));
  const files = { app: join(folder, "app.json"), key: join(folder, "key.pem"), secret: join(folder, "webhook.secret") };
  const stop = AbortSignal.any([call.untilInterrupted(), AbortSignal.timeout(PATIENCE_MS)]);

  const app = (await knownApp(call, files)) ?? (await newApp(call, { url, webhook, files, stop }));
  const access: ForgeAccess = { kind: "github", url, key: { kind: "app", id: app.id, file: files.key } };
  const forge = openForge(access);
  const { version, lacks } = await probe(access, forge);
  terminal.print(`ok        ${version} at ${url} takes the App's key`);
  for (const { text } of lacks) terminal.say(`Note: ${text}.`);
  terminal.say(`Install the App on ${operands.join(", ")}: ${app.page}/installations/new`);
  for (const name of operands) {
    await installed(access, forge, name, stop);
    terminal.print(`ok        ${name}: the App is installed`);
    await checkRunners(call, access, forge, name);
  }
  for (const line of next(access, webhook, files, operands)) terminal.print(line);
  return 0;
}

/** The App that an earlier call made. */
async function knownApp(call: Call, { app, key }: Places): Promise<KnownApp | undefined> {
  if (!existsSync(app)) return undefined;
  privateFile(call, { given: key, option: "--out", wanted: "Remove that folder, and the App at GitHub." });
  call.terminal.print(`found     the App of an earlier call, in ${app}`);
  return KnownApp.parse(JSON.parse(readFileSync(app, "utf8")));
}

interface NewApp {
  readonly url: string;
  readonly webhook: string | undefined;
  readonly files: Places;
  readonly stop: AbortSignal;
}

async function newApp(call: Call, { url, webhook, files, stop }: NewApp): Promise<KnownApp> {
  const { org, name, port } = call.options;
  const order = {
    url,
    webhook,
    org: typeof org === "string" ? org : undefined,
    name: String(name),
    port: portOf(String(port)),
  };
  const tell = (page: string) =>
    call.terminal.say(`Open ${page} in your browser on this computer, and press the button.`);
  const made = await makeGithubApp(order, tell, stop);
  if (!made) throw tooLong("nobody made the App", url);
  const { id, page, key, webhookSecret } = made;
  // The key first: an App whose key is lost is worth nothing.
  await writeSecret(files.key, key);
  if (webhookSecret === undefined) await signingSecret(files.secret);
  else await writeSecret(files.secret, webhookSecret);
  await writeFile(files.app, JSON.stringify({ id, page }), { mode: 0o600 });
  call.terminal.print(`ok        App ${id} is made; its key is in ${files.key}, its secret in ${files.secret}`);
  return { id, page };
}

/** Waits until a person has installed the App there. */
async function installed(access: ForgeAccess, { source }: ServerForge, name: string, stop: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return void (await asking(access, () => source.defaultBranch({ id: "", name })));
    } catch (error) {
      if (!(error instanceof UserError) || !error.message.includes("not installed")) throw error;
    }
    if (stop.aborted) throw tooLong(`the App is not installed on ${name}`, access.url);
    await pause(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function tooLong(what: string, where: string): CommandError {
  return new CommandError(what, { where, remedy: "Call it again: it goes on where it stopped.", exitCode: 3 });
}

function next(
  { url, key }: ForgeAccess,
  webhook: string | undefined,
  { secret }: Places,
  names: readonly string[],
): readonly string[] {
  const name = webhook?.split("/").at(-1) ?? "hub";
  const app = key.kind === "app" ? key.id : "";
  const [keyName, secretName] = [`/dayfly/${name}/key`, `/dayfly/${name}/secret`];
  const facts = `name: ${name}, kind: github, url: ${url}, app: { id: "${app}", key: ${keyName} }, secret: ${secretName}`;
  const words = `--everything --url ${url} --app ${app} --key-file ${shellQuoted(key.file)} --secret-file ${shellQuoted(secret)}`;
  return awsSteps({
    entry: `{ ${facts}, allow: ${JSON.stringify(names)} }`,
    files: { [keyName]: shellQuoted(key.file), [secretName]: shellQuoted(secret) },
    ...(webhook === undefined ? { hook: { name, words } } : {}),
  });
}
