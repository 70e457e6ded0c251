import { setTimeout } from "node:timers/promises";
import type * as z from "zod/mini";
import type { ApiAnswer } from "../../app/deploy/deploy-answer.ts";
import { parseJson } from "../../core/json.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { hasAccess, readAccess } from "../machine-api.ts";
import type { StackPlace } from "../read-world.ts";
import { stackPlace } from "../stack/stack-place.ts";
import { stateFolder } from "../state-folder.ts";
import { printable } from "../terminal.ts";
import { userName } from "../user-name.ts";

/** The deploy API as commands ask it. */
export interface DeployApi {
  ask(method: "GET" | "POST", path: string, body?: object): Promise<ApiAnswer>;
  /** Puts bytes to an address that the API offered. @returns why they were not stored; undefined where they were */
  put(url: string, headers: Readonly<Record<string, string>>, bytes: Uint8Array): Promise<string | undefined>;
  close(): Promise<void>;
}

const timeoutMs = 30_000;
const uploadMs = 10 * 60_000;
const tries = 3;
const pauseMs = 1_000;

/**
 * With --stack an administrator's own AWS rights speak, in a job the machine's token, elsewhere DAYFLY_TOKEN. Where no API is named, it is the local world of this folder,
 * and whoever may write there is its administrator.
 */
export async function openDeployApi(call: Call): Promise<DeployApi> {
  const place = stackPlace(call.options);
  if (place) return overStack(call, place);
  if (hasAccess(call)) return overHttp(call);
  refuseTokenAlone(call);
  const { answerDeployCall } = await import("../../app/deploy/deploy-routes.ts");
  const local = await call.openWorld(stateFolder(call), "write");
  const world = local.deploys();
  const asker = { kind: "administrator", name: userName(call.environment) } as const;
  return {
    ask: (method, path, body) => {
      const url = new URL(path, "http://localhost");
      const query = Object.fromEntries(url.searchParams);
      return answerDeployCall(world, asker, { method, path: url.pathname, query, body: JSON.stringify(body ?? {}) });
    },
    async put(url, _headers, bytes) {
      const taken = await world.bundles.take(url, async () => bytes);
      return taken.kind === "stored" ? undefined : taken.text;
    },
    close: local.close,
  };
}

/** Whoever set a token did not mean to ask as the owner of whatever world lies in this folder. */
function refuseTokenAlone({ environment }: Call): void {
  if (!environment.DAYFLY_TOKEN) return;
  throw new CommandError("DAYFLY_TOKEN is set, and DAYFLY_API is not", {
    where: "environment",
    remedy:
      "Set DAYFLY_API to the address of the deploy API; unset DAYFLY_TOKEN to ask the local world of this folder.",
    exitCode: 2,
  });
}

async function overStack(call: Call, place: StackPlace): Promise<DeployApi> {
  const { ask } = await call.openStackDeploys(place, userName(call.environment));
  return { ask, put: (url, headers, bytes) => putOver(new URL(url), headers, bytes), close: async () => undefined };
}

async function overHttp(call: Call): Promise<DeployApi> {
  const { api, token } = await readAccess(call);
  return {
    async ask(method, path, body) {
      for (let attempt = 1; ; attempt++) {
        const answer = await once(method, `${api}${path}`, token, body);
        // A wish is sent again only where it was not stored: 5xx says so.
        if (answer.status < 500 || attempt === tries) return answer;
        await setTimeout(pauseMs);
      }
    },
    put: (url, headers, bytes) => putOver(new URL(url, api), headers, bytes),
    close: async () => undefined,
  };
}

/** The address itself is the right: no token travels there. What is known by its digest may be put twice. */
async function putOver(
  url: URL,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { status, text } = await putOnce(url, headers, bytes);
    if (status < 300) return undefined;
    if (status < 500 || attempt === tries) return text;
    await setTimeout(pauseMs);
  }
}

async function putOnce(url: URL, headers: Readonly<Record<string, string>>, bytes: Uint8Array) {
  const signal = AbortSignal.timeout(uploadMs);
  try {
    const body = new Blob([bytes as Uint8Array<ArrayBuffer>]);
    const response = await fetch(url, { method: "PUT", headers, body, redirect: "error", signal });
    const said = printable((await response.text()).slice(0, 300));
    return { status: response.status, text: `${url.host} answered ${response.status} ${said}` };
  } catch {
    // Not the error: it may repeat the address.
    return { status: 503, text: `${url.host} does not answer` };
  }
}

async function once(method: string, url: string, token: string, body: object | undefined): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said = parseJson(await response.text());
    return { status: response.status, body: typeof said === "object" && said !== null ? said : {} };
  } catch (error) {
    throw new CommandError("the deploy API does not answer", {
      where: new URL(url).origin,
      remedy: "Ask again; whether a deploy began, `dayfly deploy list` says.",
      exitCode: 3,
      cause: error,
    });
  }
}

/** The body of an answer that is none of the API's refusals. */
export function accepted({ status, body }: ApiAnswer, where: string): object {
  if (status < 300) return body;
  const { error, text } = body as { error?: unknown; text?: unknown };
  const code = typeof error === "string" ? error : "";
  throw new CommandError(typeof text === "string" ? text : `the deploy API answered ${status}`, {
    where: `${where}${code && ` (${status} ${code})`}`,
    remedy: remedies[status] ?? "Ask again; the log of the deploy API says more.",
    exitCode: exitOf(status),
  });
}

/** The body of such an answer, as far as we read it. Whatever else may listen at that address is no deploy API. */
export function readAnswer<T>(shape: z.ZodMiniType<T>, answer: ApiAnswer, where: string): T {
  const read = shape.safeParse(accepted(answer, where));
  if (read.success) return read.data;
  throw new CommandError("that is no answer of a deploy API", {
    where,
    remedy:
      "Is DAYFLY_API the address of one, of the same version as this program? `dayfly deploy list` says what began.",
    exitCode: 3,
    cause: read.error,
  });
}

const remedies: Readonly<Record<number, string>> = {
  401: "Run it in a job of this installation, or set DAYFLY_TOKEN to a token of `dayfly token create`.",
  403: "`environments:` of dayfly.yaml says who may; nothing was stored.",
  404: "`dayfly deploy list` and `dayfly token list` have what there is.",
  409: "`dayfly deploy show` and `dayfly env show` say how things stand now.",
  422: "`dayfly env list` has what dayfly.yaml knows; nothing was stored.",
  503: "Nothing was stored: try again.",
};

function exitOf(status: number): ExitCode {
  if (status >= 500) return 3;
  return status === 404 || status === 422 ? 2 : 1;
}

/** Runs one conversation with the deploy API, and closes it whatever comes. */
export async function withDeployApi(call: Call, talk: (api: DeployApi) => Promise<ExitCode>): Promise<ExitCode> {
  const api = await openDeployApi(call);
  try {
    return await talk(api);
  } finally {
    await api.close();
  }
}
