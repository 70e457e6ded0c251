import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { WorldError } from "../../../lib/core/errors.ts";

/** Requests and answers of a real server, in their order. */
export interface Tape {
  readonly version: string;
  readonly recordedAt: string;
  /** What the bench made at the server before the first request. */
  readonly made: Readonly<Record<string, string>>;
  /** One list for each case, by its promise. */
  readonly cases: Record<string, Exchange[]>;
}

interface Exchange {
  /** `GET /api/v1/version` with query and body. */
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

export function readTape(file: URL): Tape {
  return JSON.parse(readFileSync(file, "utf8")) as Tape;
}

export function writeTape(file: URL, tape: Tape): void {
  mkdirSync(dirname(file.pathname), { recursive: true });
  writeFileSync(file, `${JSON.stringify(tape, null, 1)}\n`);
}

/** Passes everything on, and writes it down without its secrets. */
export function recordingFetch(exchanges: Exchange[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const body = await response.text();
    exchanges.push({ request: requestLine(input, init), status: response.status, body: scrub(body) });
    return new Response(body === "" ? null : body, { status: response.status, headers: response.headers });
  };
}

/** Answers as the server did, in the same order for equal requests; a request that was never recorded is an error. */
export function replayingFetch(exchanges: readonly Exchange[]): typeof fetch {
  const open = [...exchanges];
  return async (input, init) => {
    const line = requestLine(input, init);
    const index = open.findIndex(({ request }) => request === line);
    const [found] = index === -1 ? [] : open.splice(index, 1);
    if (!found) throw new WorldError(`never recorded: ${line}`, { retryable: false });
    const headers = { "content-type": "application/json" };
    return new Response(found.body === "" ? null : found.body, { status: found.status, headers });
  };
}

function requestLine(input: string | URL | Request, init: RequestInit | undefined): string {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const body = typeof init?.body === "string" ? ` ${scrub(init.body)}` : "";
  return `${init?.method ?? "GET"} ${pathname}${search}${body}`;
}

function scrub(text: string): string {
  return text.replace(/"token":"[^"]*"/g, (found) => `"token":"${"0".repeat(found.length - '"token":""'.length)}"`);
}
