import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noteDeadLetters } from "../../app/dead-letters.ts";
import { sweepDeploys } from "../../app/deploy/deploy-sweep.ts";
import { dispatch } from "../../app/dispatch.ts";
import { sweep } from "../../app/sweep.ts";
import { WorldError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import { dashboard } from "../../dashboard/dashboard.ts";
import { holdLock } from "../../local/lock.ts";
import { startPump } from "../../local/pump.ts";
import { type LocalServer, localRoutes, startServer } from "../../local/server.ts";
import { type Call, CommandError } from "../command.ts";
import { errorCode } from "../failure.ts";
import { makeFolder } from "../make-folder.ts";
import { pageOf } from "../page.ts";
import type { LocalDeployWorld } from "../start/local-world.ts";
import { type BuiltWorld, openWorld, placesIn } from "./world.ts";
import { servedDeploys } from "./world-deploys.ts";
import { endMachines } from "./world-end.ts";
import type { ServedGitea } from "./world-gitea.ts";
import { repositoryHooks } from "./world-hooks.ts";

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
  /** Ends machines, server and queue. What waited goes on at the next start. */
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
export async function serve(options: ServeOptions): Promise<Serving> {
  const { folder, programs, gitea } = options;
  const secret = await ownSecret(placesIn(folder).secret);
  await offerCommand(placesIn(folder).commands, options.checkout);
  const built = await openWorld(folder, "write", programs, gitea);
  const closing: (() => Promise<unknown>)[] = [built.close];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const one of closing.reverse()) await one().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const deploys = servedDeploys(built.deploys());
    closing.push(deploys.stop);
    const server = await listen(options, built, deploys);
    closing.push(server.close);
    await built.machines.announce(server.url);
    const hooks = repositoryHooks(built, { url: server.url, secret, program: programs["post-receive"] ?? "" });
    await hooks.install();
    const { world, store } = built;
    const pump = startPump({
      queue: store.queue,
      log: world.log,
      handler: (message, count) => dispatch(world, message, count),
    });
    const sweeps = everySoOften(SWEEP_EVERY_MS, world.log, async () => {
      built.lookForRepositories();
      await hooks.installLate();
      await noteDeadLetters(world, store.queue.deadLetters);
      await sweep(world);
      await sweepDeploys(deploys);
      store.forgetExpired();
    });
    closing.push(() => endMachines(world), pump.stop, sweeps.stop);
    return { ...built, url: server.url, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  { host, port, checkout }: ServeOptions,
  built: BuiltWorld,
  deploys: LocalDeployWorld,
): Promise<LocalServer> {
  const page = dashboard(pageOf(built, checkout, hostNames(host)));
  const { world, machines } = built;
  const routes = localRoutes({ world, deploys, identify: machines.identify, page: (request) => page.fetch(request) });
  try {
    return await startServer(routes, { host, port });
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const remedy = "Choose another port with --port, or 0 for any free one.";
    throw new CommandError(error.message, { where: `${host}:${port}`, remedy, exitCode: 3, cause: error });
  }
}

/** `dayfly` for jobs: this checkout's own, under the Node that runs now. */
async function offerCommand(folder: string, checkout: string): Promise<void> {
  await makeFolder(folder);
  const quoted = [process.execPath, join(checkout, "bin", "dayfly.mjs")].map(
    (path) => `'${path.replaceAll("'", "'\\''")}'`,
  );
  const draft = join(folder, `dayfly.${process.pid}`);
  await writeFile(draft, `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`, { mode: 0o755 });
  await rename(draft, join(folder, "dayfly"));
}

interface Repeated {
  stop(): Promise<void>;
}

/** Calls at once, then again and again; never twice at a time. What fails is logged, and tried again at the next turn. */
function everySoOften(milliseconds: number, log: Log, act: () => Promise<unknown>): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let acting: Promise<unknown> = Promise.resolve();
  const again = () => {
    acting = act()
      .catch((error: unknown) => log.error("sweep failed", { error }))
      .finally(() => {
        if (!stopped) timer = setTimeout(again, milliseconds);
      });
  };
  again();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await acting;
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
