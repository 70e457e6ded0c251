import type { EnsuredHook, HookPlace, ServerForge, WantedHook } from "../../core/forge.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { privateFile, secretIn } from "../private-file.ts";
import { newStateFolder } from "../state-folder.ts";
import { printable } from "../terminal.ts";
import { type ForgeAccess, openForge } from "../world/world-forge.ts";
import { type Served, servedIn } from "../world/world-served.ts";
import { forgeAccess, forgeAddress } from "./forge-access.ts";
import { asking, probe } from "./forge-failure.ts";
import { arrivalIn } from "./hook-arrival.ts";
import { hostListWords } from "./host-list.ts";

export interface HookPlan {
  readonly access: ForgeAccess;
  readonly places: readonly HookPlace[];
  readonly hook: WantedHook;
  /** The server beside us, where the hook leads to that one. */
  readonly served: Served | undefined;
}

export async function addHooks(call: Call): Promise<ExitCode> {
  const plan = planOf(call);
  const { access, hook, served } = plan;
  if (served && leadsTo(served, hook.url)) await mustServe(served);
  const forge = openForge(access);
  const { version } = await probe(access, forge);
  call.terminal.say(`${access.kind === "gitea" ? `Gitea ${version}` : version} at ${access.url}`);
  return (await hangHooks(call, plan, forge, { tried: true })) ? 0 : 1;
}

/** @returns whether nothing is known to be wrong */
export async function hangHooks(
  call: Pick<Call, "terminal">,
  plan: HookPlan,
  forge: ServerForge,
  { tried }: { tried: boolean },
): Promise<boolean> {
  const { access, places, hook } = plan;
  await tellHostList(call, plan);
  let fine = true;
  for (const place of places) {
    const ensured = await asking(access, () => forge.hooks.ensure(place, hook));
    const events = ensured.events.join(", ");
    call.terminal.print(`${ensured.outcome.padEnd(9)} ${placeName(place)} → ${hook.url} (${events})`);
    if (tried && !(await tryHook(call, plan, forge, place, ensured))) fine = false;
  }
  return fine;
}

function planOf(call: Call): HookPlan {
  const places = placesOf(call);
  const served = servedHere(call);
  const access = forgeAccess(call, served);
  const url = targetOf(call, served?.webhook);
  return { access, places, hook: { url, secret: secretOf(call, served, url) }, served };
}

/** What `dayfly start` serves in this folder, where that is the forge which is meant: its token and secret go to no other one. */
export function servedHere(call: Call): Served | undefined {
  const served = servedIn(newStateFolder(call));
  const { url } = call.options;
  const isAnother = typeof url === "string" && forgeAddress(url) !== served?.url;
  return isAnother ? undefined : served;
}

export function placesOf({ operands, options }: Pick<Call, "operands" | "options">): readonly HookPlace[] {
  const owners = Array.isArray(options.owner) ? options.owner : [];
  for (const name of operands) if (!/^[^/\s]+\/[^/\s]+$/.test(name)) throw wrong(`"${name}" is no owner/name`, name);
  const places: readonly HookPlace[] = [
    ...operands.map((name) => ({ kind: "repository", name }) as const),
    ...owners.map((name: string) => ({ kind: "owner", name }) as const),
    ...(options.everything ? [{ kind: "everything" } as const] : []),
  ];
  if (places.length === 0) throw wrong("a webhook for what?", "dayfly hooks add");
  return places;
}

function wrong(what: string, where: string): CommandError {
  const remedy = "Name repositories as owner/name, or give --owner or --everything.";
  return new CommandError(what, { where, remedy, exitCode: 2 });
}

export function targetOf({ options }: Pick<Call, "options">, otherwise: string | undefined): string {
  const { to = otherwise } = options;
  const url = typeof to === "string" && URL.canParse(to) ? new URL(to) : undefined;
  if (url && /^https?:$/.test(url.protocol) && /^\/.*webhook\/[a-z0-9-]+$/.test(url.pathname) && url.hash === "")
    return url.href;
  throw new CommandError(to === undefined ? "where does Dayfly take webhooks?" : `${to} is no address of Dayfly's`, {
    where: "--to",
    remedy: "It ends with /webhook/ and the forge's name in dayfly.yaml, such as https://ci.example.com/webhook/home.",
    exitCode: 2,
  });
}

function secretOf(call: Call, served: Served | undefined, url: string): string {
  const given = call.options.secretFile;
  const wanted = "Make one with `openssl rand -hex 32`, in a file of mode 600, and give Dayfly the same.";
  if (typeof given === "string") return secretIn(privateFile(call, { given, option: "--secret-file", wanted }));
  if (served && leadsTo(served, url)) return secretIn(served.secretFile);
  throw new CommandError("with which secret?", { where: "--secret-file", remedy: wanted, exitCode: 2 });
}

/** Is that the server beside us? It may have other names than the one under which it knows itself. */
function leadsTo({ webhook }: Served, url: string): boolean {
  const [own, other] = [new URL(webhook), new URL(url)];
  return own.port === other.port && own.pathname === other.pathname;
}

/** Before anything is changed at the forge: somebody must be there to take what it sends. */
async function mustServe({ webhook }: Served): Promise<void> {
  if (await isServing(webhook)) return;
  throw new CommandError("no `dayfly start` serves this folder now", {
    where: webhook,
    remedy: "Start it in another terminal and try again, or name another Dayfly with --to and --secret-file.",
    exitCode: 3,
  });
}

export async function isServing(webhook: string): Promise<boolean> {
  const answered = await fetch(new URL("/", webhook), { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return answered !== undefined;
}

/** Gitea refuses to send to addresses of its own computer and network, unless its configuration allows them. */
async function tellHostList({ terminal }: Pick<Call, "terminal">, { access, hook }: HookPlan): Promise<void> {
  if (access.kind !== "gitea") return;
  const { hostname } = new URL(hook.url);
  const words = (await hostListWords(new URL(hook.url))).filter((word) => word !== "external");
  if (words.length === 0) return;
  terminal.say(`Gitea sends to ${hostname} only where its app.ini has, beside what stands there already:`);
  terminal.say("  [webhook]");
  terminal.say(`  ALLOWED_HOST_LIST = ${["external", ...words].join(",")}`);
  if (words.includes("loopback") && !(await hostListWords(new URL(access.url))).includes("loopback"))
    terminal.say(`For Gitea ${hostname} is its own computer: it must be this one, or --to must name this one.`);
}

/** @returns whether nothing is known to be wrong */
async function tryHook(
  { terminal }: Pick<Call, "terminal">,
  { access, served, hook }: HookPlan,
  forge: ServerForge,
  place: HookPlace,
  { id }: EnsuredHook,
): Promise<boolean> {
  const arrival = served && leadsTo(served, hook.url) ? await arrivalIn(served) : undefined;
  const test = await asking(access, () => forge.hooks.test(place, id));
  if (test.kind === "untested") {
    terminal.print(`untested  ${test.why}`);
    return true;
  }
  if (test.kind === "answered") return tellAnswer(terminal, test.status);
  if (!arrival) {
    terminal.print(`sent      a test delivery; the forge shows what came of it: ${hookPage(access, place, id)}`);
    return true;
  }
  const arrived = await arrival();
  if (arrived === "taken") terminal.print("ok        a test delivery arrived, and its signature is right");
  else if (arrived === "refused") terminal.print("FAILED    a test delivery arrived with another secret's signature");
  else terminal.print(`FAILED    no test delivery arrived; what Gitea says: ${hookPage(access, place, id)}`);
  return arrived === "taken";
}

function tellAnswer(terminal: Call["terminal"], status: number): boolean {
  const taken = status >= 200 && status < 300;
  if (taken) terminal.print("ok        a test delivery arrived, and was accepted");
  else if (status === 401) terminal.print("FAILED    Dayfly refused the test delivery: it has another secret (401)");
  else terminal.print(`FAILED    the test delivery was answered ${status || "by nobody"}`);
  return taken;
}

function placeName(place: HookPlace): string {
  return place.kind === "everything" ? "everything" : printable(place.name);
}

function hookPage({ kind, url }: ForgeAccess, place: HookPlace, id: string): string {
  const settings = place.kind === "repository" ? `${url}/${place.name}/settings/hooks` : url;
  return kind === "gitea" ? `${settings}/${id}` : settings;
}
