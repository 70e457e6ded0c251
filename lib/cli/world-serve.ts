import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { dispatch } from "../app/dispatch.ts";
import { cancelRun } from "../app/request.ts";
import { sweep } from "../app/sweep.ts";
import { isEnded } from "../core/run/run.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { dashboard } from "../dashboard/dashboard.ts";
import { installHook } from "../forges/git/install-hook.ts";
import { holdLock } from "../local/lock.ts";
import { startPump } from "../local/pump.ts";
import { localRoutes, startServer } from "../local/server.ts";
import { type Call, CommandError } from "./command.ts";
import { errorCode } from "./failure.ts";
import { makeFolder } from "./make-folder.ts";
import { pageOf } from "./page.ts";
import { type BuiltWorld, openWorld, placesIn } from "./world.ts";
import type { ServedGitea } from "./world-gitea.ts";

/** The sweep makes up for lost edges; here it costs next to nothing, so it comes often. */
const SWEEP_EVERY_MS = 10_000;

export interface ServeOptions extends Pick<Call, "programs" | "checkout"> {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Serve this Gitea instead of the folder's repositories. */
  readonly gitea?: ServedGitea;
}

export interface Serving extends BuiltWorld {
  readonly url: string;
  /** Ends machines, server and queue. What waited goes on at the next start; what ran is cancelled. */
  readonly stop: () => Promise<void>;
}

/** Takes the folder, or says in one sentence why not. Call it before anything is written there. */
export async function takeFolder(folder: string): Promise<() => void> {
  try {
    await makeFolder(placesIn(folder).repositories);
  } catch (error) {
    throw unwritable(folder, error);
  }
  const release = holdLock(placesIn(folder).lock);
  if (release) return release;
  throw new CommandError("another dayfly start serves this folder already", {
    where: folder,
    remedy: "Use that one, stop it, or name another folder with --dir.",
    exitCode: 3,
  });
}

/** Serves the repositories of a folder that `takeFolder` took: webhooks, machines, the page, the sweep. */
export async function serve({ folder, host, port, programs, checkout, gitea }: ServeOptions): Promise<Serving> {
  const secret = await ownSecret(placesIn(folder).secret);
  const built = await openWorld(folder, "write", programs, gitea);
  const { world, store, machines } = built;
  const page = dashboard(pageOf(built, checkout, hostNames(host)));
  const routes = localRoutes({ world, identify: machines.identify, page: (request) => page.fetch(request) });
  const server = await startServer(routes, { host, port });
  await machines.announce(server.url);
  for (const { name, url, kind } of world.config.forges) {
    if (kind !== "git") continue;
    await installHook(url, {
      url: `${server.url}/webhook/${name}`,
      secret,
      name,
      program: programs["post-receive"] ?? "",
    });
  }
  const pump = startPump({
    queue: store.queue,
    log: world.log,
    handler: (message, count) => dispatch(world, message, count),
  });
  const sweeps = everySoOften(SWEEP_EVERY_MS, async () => {
    await sweep(world);
    store.forgetExpired();
  });
  return {
    ...built,
    url: server.url,
    async stop() {
      await sweeps.stop();
      await pump.stop();
      await endMachines(built);
      await server.close();
      await built.close();
    },
  };
}

/** Runs on machines are cancelled with them; those that wait are kept for the next start. */
async function endMachines({ world, machines }: BuiltWorld): Promise<void> {
  for (const run of await world.runs.open()) {
    if (!isEnded(run) && instanceOf(run) !== undefined) await cancelRun(world, run.key, "the end of dayfly start");
  }
  for (const { instanceId, state } of await machines.list()) {
    if (state !== "ended") await machines.terminate(instanceId, "dayfly start was stopped");
  }
}

interface Repeated {
  stop(): Promise<void>;
}

/** Calls at once, then again and again; never twice at a time. */
function everySoOften(milliseconds: number, act: () => Promise<unknown>): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let acting: Promise<unknown> = Promise.resolve();
  const again = () => {
    acting = act().finally(() => {
      if (!stopped) timer = setTimeout(again, milliseconds);
    });
  };
  again();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await acting.catch(() => undefined);
    },
  };
}

/** The secret of this folder's webhooks, made at the first start. */
async function ownSecret(file: string): Promise<string> {
  if (!existsSync(file)) {
    await writeFile(`${file}.new`, randomBytes(32).toString("hex"), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return readFile(file, "utf8");
}

/** Names that the page may be asked for, besides loopback. */
function hostNames(host: string): readonly string[] {
  return host === "127.0.0.1" ? [] : [host.toLowerCase()];
}

function unwritable(folder: string, error: unknown): unknown {
  if (!["EACCES", "EROFS", "EPERM", "ENOTDIR", "ENOENT"].includes(errorCode(error) ?? "")) return error;
  return new CommandError("the folder for the local world cannot be written", {
    where: folder,
    remedy: "Name another one with --dir, such as --dir /tmp/dayfly.",
    exitCode: 3,
    cause: error,
  });
}
