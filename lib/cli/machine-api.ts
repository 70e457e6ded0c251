import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { parseJson } from "../core/json.ts";
import { type Call, CommandError } from "./command.ts";
import { printable } from "./terminal.ts";

/** Where a machine of ours keeps what its jobs need (runner-ami). */
const settingsFile = "/etc/dayfly/machine.env";
const tokenFile = "/run/dayfly/token";

const tries = 3;
const pauseMs = 1_000;
const timeoutMs = 30_000;

export interface MachineAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiAccess {
  /** Origin, without a slash at its end. */
  readonly api: string;
  readonly token: string;
}

/** Is this a place from where the API can be asked: a job on a machine of ours, or wherever somebody set DAYFLY_API? */
export function hasAccess({ environment }: Pick<Call, "environment">): boolean {
  return Boolean(environment.DAYFLY_API) || existsSync(environment.DAYFLY_SETTINGS ?? settingsFile);
}

/** Address and bearer token: DAYFLY_API and DAYFLY_TOKEN, or what a machine keeps for its job. */
export async function readAccess({ environment }: Pick<Call, "environment">): Promise<ApiAccess> {
  const api = environment.DAYFLY_API || addressIn(await read(environment.DAYFLY_SETTINGS ?? settingsFile));
  const token = environment.DAYFLY_TOKEN || (await read(environment.DAYFLY_TOKEN_FILE ?? tokenFile));
  return { api: origin(api), token: word(token.trim()) };
}

/** @throws CommandError for what nothing could be asked at */
function origin(api: string): string {
  if (URL.canParse(api) && /^https?:\/\/[^/]/.test(api)) {
    refuseOpenWay(new URL(api));
    return api.replace(/\/+$/, "");
  }
  throw new CommandError("DAYFLY_API is no address", {
    where: printable(api).slice(0, 100),
    remedy: "It looks like https://abc123.execute-api.eu-central-1.amazonaws.com.",
    exitCode: 2,
  });
}

/** The token goes with every call: over http it stays on this computer. @throws CommandError */
function refuseOpenWay({ protocol, hostname, origin }: URL): void {
  if (protocol === "https:" || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return;
  throw new CommandError("DAYFLY_API would carry the token unencrypted", {
    where: origin,
    remedy: "Use https; http is for an address of this computer.",
    exitCode: 2,
  });
}

/** Not repeated: whatever it is, somebody took it for a secret. @throws CommandError */
function word(token: string): string {
  if (/^[\w.-]{1,200}$/.test(token)) return token;
  throw new CommandError("DAYFLY_TOKEN is no token", {
    where: "it has none of the words that `dayfly token create` prints",
    remedy: "Set it to the one line that was printed, without quotes or spaces.",
    exitCode: 2,
  });
}

/** Asks the runner API in the machine's name; while that says "not now", it is asked again for some seconds. */
export async function askMachineApi(
  call: Pick<Call, "environment">,
  path: string,
  body: object,
): Promise<MachineAnswer> {
  const { api, token } = await readAccess(call);
  for (let attempt = 1; ; attempt++) {
    const answer = await once(`${api}${path}`, token, body);
    if (answer.status < 500 || attempt === tries) return answer;
    await setTimeout(pauseMs);
  }
}

async function once(url: string, token: string, body: object): Promise<MachineAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parsed = parseJson(await response.text());
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return { status: response.status, body: isObject ? { ...parsed } : {} };
  } catch (error) {
    throw new CommandError("the runner API does not answer", {
      where: new URL(url).origin,
      remedy: "Ask again; the profile's `egress` must have port 443.",
      exitCode: 3,
      cause: error,
    });
  }
}

function addressIn(settings: string): string {
  return /^DAYFLY_API=(https:\/\/\S+)$/m.exec(settings)?.[1] ?? missing(settingsFile);
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => missing(file));
}

function missing(file: string): never {
  throw new CommandError("this is no job on a machine of Dayfly's", {
    where: file,
    remedy:
      "Run it in a job that such a machine serves, outside of a container; elsewhere a deploy needs DAYFLY_API and DAYFLY_TOKEN.",
    exitCode: 2,
  });
}
