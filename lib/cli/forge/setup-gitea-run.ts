import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { ServerForge } from "../../core/forge.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { privateFile, secretIn } from "../private-file.ts";
import { localRunner } from "../start/start-gitea.ts";
import { newStateFolder } from "../state-folder.ts";
import { placesIn } from "../world/world.ts";
import { type ForgeAccess, openForge } from "../world/world-forge.ts";
import { forgeAccess, forgeAddress, tokenAdvice } from "./forge-access.ts";
import { probe } from "./forge-failure.ts";
import { type HookPlan, hangHooks, isServing, placesOf, servedHere, targetOf } from "./hooks-add-run.ts";
import { awsSteps, checkRunners } from "./setup-check.ts";
import { shellQuoted, signingSecret, writeSecret } from "./setup-files.ts";

/** Where `dayfly start` listens unless somebody says otherwise. */
const USUAL_WEBHOOK = "http://127.0.0.1:4321/webhook/gitea";

export async function setUpGitea(call: Call): Promise<ExitCode> {
  const { terminal, operands, options } = call;
  const places = placesOf(call);
  const onAws = options.to !== undefined || options.aws === true;
  const served = onAws ? undefined : servedHere(call);
  const url = targetOf(call, served?.webhook ?? USUAL_WEBHOOK);
  const runner = onAws ? undefined : localRunner(call);

  const access = await tokenStep(call);
  const forge = openForge(access);
  const { version, lacks } = await probe(access, forge);
  terminal.print(`ok        Gitea ${version} at ${access.url} takes the token`);
  for (const { text } of lacks) terminal.say(`Note: ${text}.`);
  // Where a registration cannot be removed again, none is made to try.
  const canCheck = lacks.every(({ code }) => code !== "no-runner-list");
  for (const name of canCheck ? operands : []) await checkRunners(call, access, forge, name);

  const secretFile = onAws ? resolve(call.folder, String(options.secretFile)) : placesIn(newStateFolder(call)).secret;
  if ((await signingSecret(secretFile)) === "made")
    terminal.print(`ok        a secret for webhooks is in ${secretFile}`);
  privateFile(call, { given: secretFile, option: "--secret-file", wanted: "Remove it and call this again." });
  const isThere = served !== undefined && (await isServing(served.webhook));
  const plan: HookPlan = { access, places, hook: { url, secret: secretIn(secretFile) }, served };
  const hasAddress = !onAws || options.to !== undefined;
  const fine = !hasAddress || (await hangHooks(call, plan, forge, { tried: isThere }));
  const next = onAws ? awsNext(call, plan, secretFile) : localNext(call, access, runner, isThere);
  for (const line of next) terminal.print(line);
  return fine ? 0 : 1;
}

/** The token that is there, or one that a person gives us now; one that the Gitea refuses is not kept. */
async function tokenStep(call: Call): Promise<ForgeAccess> {
  const { url, tokenFile } = call.options;
  if (typeof url !== "string") return forgeAccess(call);
  const file = resolve(call.folder, String(tokenFile));
  if (existsSync(file)) return forgeAccess(call);

  const page = `${forgeAddress(url)}/user/settings/applications`;
  call.terminal.say(`Make a token at ${page}`);
  call.terminal.say("with the scope write:repository, as an administrator or as the owner of the repositories.");
  const token = await call.askSecret("Paste it here");
  if (token === undefined || /\s/.test(token)) {
    const where = token === undefined ? "no token was given" : "a token has no spaces";
    throw new CommandError(where, { where: `--token-file ${tokenFile}`, remedy: tokenAdvice("gitea"), exitCode: 2 });
  }
  await writeSecret(file, token);
  const access = forgeAccess(call);
  await keepIfTaken(access, openForge(access), file);
  call.terminal.print(`ok        the token is in ${file}`);
  return access;
}

async function keepIfTaken(access: ForgeAccess, forge: ServerForge, file: string): Promise<void> {
  try {
    await probe(access, forge);
  } catch (error) {
    await rm(file);
    throw error;
  }
}

function localNext(
  { options }: Call,
  { url, key }: ForgeAccess,
  runner: string | undefined,
  isThere: boolean,
): readonly string[] {
  if (isThere) return ["Nothing is left to do: `dayfly start` serves it."];
  const words = ["npx dayfly start", "--url", shellQuoted(url), "--token-file", shellQuoted(key.file)];
  if (runner !== undefined) words.push("--runner", shellQuoted(runner));
  if (options.trust) words.push("--trust");
  if (typeof options.dir === "string") words.push("--dir", shellQuoted(options.dir));
  return ["Next:", `  ${words.join(" ")}`];
}

function awsNext({ operands, options }: Call, { access, hook }: HookPlan, secretFile: string): readonly string[] {
  const name = options.to === undefined ? "home" : (hook.url.split("/").at(-1) ?? "");
  const [token, secret] = [`/dayfly/${name}/token`, `/dayfly/${name}/secret`];
  const files = { [token]: shellQuoted(access.key.file), [secret]: shellQuoted(secretFile) };
  const facts = `name: ${name}, kind: gitea, url: ${access.url}, token: ${token}, secret: ${secret}`;
  const words = `${operands.join(" ")} --url ${access.url} --token-file ${files[token]} --secret-file ${files[secret]}`;
  return awsSteps({
    entry: `{ ${facts}, allow: ${JSON.stringify(operands)} }`,
    files,
    ...(options.to === undefined ? { hook: { name, words } } : {}),
  });
}
