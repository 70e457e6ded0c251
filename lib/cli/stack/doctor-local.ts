import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";
import type { Call } from "../command.ts";
import { newStateFolder } from "../state-folder.ts";

const usualPort = 4321;
const gitTimeoutMs = 10_000;

/** What `dayfly start` needs of this computer. */
export async function checkComputer(call: Pick<Call, "options" | "environment" | "folder">): Promise<readonly Check[]> {
  return [
    checkNode(process.versions.node),
    await checkGit(call.environment),
    checkFolder(newStateFolder(call)),
    await checkPort(usualPort),
  ];
}

/** Older ones never come so far where `dayfly` itself is started: bin/dayfly.mjs says the same. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok("node", version);
  return bad("node", `${version} is older than 20.19`, "Install a newer one from https://nodejs.org.");
}

async function checkGit(environment: Call["environment"]): Promise<Check> {
  const said = await new Promise<string>((resolve) => {
    const env = { PATH: environment.PATH };
    execFile("git", ["--version"], { env, timeout: gitTimeoutMs }, (error, out) => resolve(error ? "" : out));
  });
  return said === "" ? bad("git", "there is no git on the PATH", "Install git.") : ok("git", said.trim());
}

/** Where it does not exist yet, the nearest folder above has to take it. */
function checkFolder(folder: string): Check {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
    return ok("folder", folder);
  } catch {
    return bad("folder", `${folder} cannot be written`, "Name another one with --dir, such as --dir /tmp/dayfly.");
  }
}

export async function checkPort(port: number): Promise<Check> {
  const isFree = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
  if (isFree) return ok("port", `${port} is free`);
  const cure = "That may be `dayfly start` itself; for another one: dayfly start --port 0.";
  return warning("port", `${port} is in use`, cure);
}
