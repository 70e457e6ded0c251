import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** A Gitea that the proof starts itself, so that it may also restart it. */
export interface OwnGitea {
  readonly url: string;
  readonly tokenFile: string;
  readonly password: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

const START_MS = 120_000;
const LOGIN = "played";

/**
 * A fresh server in a folder of its own, from the program at that path; its database lies on the memory disk where there is one.
 *
 * @param staticRoot Gitea's templates, for a program that was built without them
 */
export async function ownGitea(program: string, staticRoot: string | undefined): Promise<OwnGitea> {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-gitea-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const ini = join(folder, "app.ini");
  const environment = { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), USER: userInfo().username };
  const run = (...argv: readonly string[]): string =>
    execFileSync(program, [...argv, "-c", ini], { encoding: "utf8", env: environment, stdio: "pipe" }).trim();
  for (const one of ["home", "custom", "log"]) mkdirSync(join(folder, one));
  writeFileSync(ini, settings(folder, url, staticRoot), { mode: 0o600 });
  run("migrate");
  const password = randomBytes(12).toString("hex");
  const person = ["--username", LOGIN];
  run(
    "admin",
    "user",
    "create",
    ...person,
    "--admin",
    "--password",
    password,
    "--email",
    "p@example.com",
    "--must-change-password=false",
  );
  const said = run(
    "admin",
    "user",
    "generate-access-token",
    ...person,
    "--token-name",
    "t",
    "--scopes",
    "all",
    "--raw",
  );
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, tokenIn(said), { mode: 0o600 });

  let child: ChildProcess | undefined;
  async function stop(): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    const timer = setTimeout(() => running.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(timer);
  }
  return {
    url,
    tokenFile,
    password,
    async start() {
      child = spawn(program, ["web", "-c", ini], { env: environment, stdio: "ignore" });
      await answers(url);
    },
    stop,
    async dispose() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As root Gitea writes a warning too, before the token or after it as it happens. */
function tokenIn(said: string): string {
  const token = said.split("\n").find((line) => /^[0-9a-f]{40}$/.test(line));
  if (token === undefined) throw new Error("Gitea made no access token");
  return token;
}

/** Dead runners are found within two minutes instead of fifteen, so that a story may wait for it. */
function settings(folder: string, url: string, staticRoot: string | undefined): string {
  const secret = (): string => randomBytes(32).toString("hex");
  return `
APP_NAME = played
RUN_USER = ${userInfo().username}
RUN_MODE = prod
WORK_PATH = ${folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${new URL(url).port}
ROOT_URL = ${url}/
DISABLE_SSH = true
OFFLINE_MODE = true
GRACEFUL_HAMMER_TIME = 5s
${staticRoot === undefined ? "" : `STATIC_ROOT_PATH = ${staticRoot}`}
[database]
DB_TYPE = sqlite3
PATH = ${join(folder, "gitea.db")}
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
SECRET_KEY = ${secret()}
[oauth2]
ENABLED = false
JWT_SECRET = ${randomBytes(32).toString("base64url")}
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
DELIVER_TIMEOUT = 5
[actions]
ENABLED = true
DEFAULT_ACTIONS_URL = self
ZOMBIE_TASK_TIMEOUT = 1m
[cron.stop_zombie_tasks]
SCHEDULE = @every 20s
[log]
LEVEL = warn
MODE = file
ROOT_PATH = ${join(folder, "log")}
`;
}

async function answers(url: string): Promise<void> {
  const giveUpAt = Date.now() + START_MS;
  while (Date.now() < giveUpAt) {
    const answer = await fetch(`${url}/api/v1/version`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`Gitea does not answer within ${START_MS / 1000} seconds`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}
