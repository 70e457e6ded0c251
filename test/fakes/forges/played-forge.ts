import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type HookSender, hookSender } from "./hook-sender.ts";

/** One job of the played forge; `runner` once one has taken it. */
export interface PlayedJob {
  readonly id: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  runner?: { readonly id: number; readonly name: string };
}

/** A forge with one repository, as a server over HTTP: its API, its hooks, and the side that runners talk to. */
export interface PlayedForge {
  readonly url: string;
  readonly kind: "gitea" | "github";
  readonly hooks: HookSender;
  readonly jobs: PlayedJob[];
  /** What a job does once a runner has it: a script for bash. */
  steps: string;
  /** A runner that is ended during its job still says so to the forge. */
  lastWord: boolean;
  /** Jobs are handed to no runner. */
  held: boolean;
  /** Names of the runners that are registered now. */
  runners(): readonly string[];
  /** Somebody pushes: the forge tells of the push and of the job that it now has, unless all its words are lost. */
  push(options?: { readonly quietly?: boolean }): Promise<void>;
  /** Tells of the push that made the newest job. */
  tellPush(): Promise<number>;
  /** Tells of a job as it is, of the newest if none is named. */
  tellJob(job?: PlayedJob): Promise<number>;
  /** Requests that it did not understand; none in a right world. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export interface PlayedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface PlayedAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Serves `answer` on a free port of this computer. */
export async function playedServer(answer: (request: PlayedRequest) => Promise<PlayedAnswer>) {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "GET", headers } = incoming;
    const url = new URL(incoming.url ?? "/", "http://forge");
    const text = Buffer.concat(chunks).toString("utf8");
    const { status, body } = await answer({ method, url, headers, text });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: (): Promise<void> => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const hookSecret = "the-webhooks-secret";

export function sender(kind: "gitea" | "github"): HookSender {
  return hookSender(kind, hookSecret);
}
