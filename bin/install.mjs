#!/usr/bin/env node
// Install what package-lock.json names and node_modules lacks: runtime packages only, or with --dev everything.
// Never takes away what is there and wanted by the lock. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Makes node_modules complete; returns false, after a sentence on stderr, where it cannot. */
export function install({ dev }) {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const stamp = join(root, "node_modules", `.dayfly-${dev ? "dev" : "runtime"}`);
  const hash = createHash("sha256").update(lockText).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return true;

  if (!isComplete(JSON.parse(lockText), dev) && !runNpm(dev || hadDev())) return false;
  linkCommand();
  writeStamp(stamp, hash);
  return true;
}

function isComplete(lock, dev) {
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === "" || entry.optional || entry.peer || (entry.dev && !dev)) return true;
    try {
      return JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")).version === entry.version;
    } catch {
      return false;
    }
  });
}

/** A folder that once had the development packages keeps them. */
function hadDev() {
  return existsSync(join(root, "node_modules", ".dayfly-dev"));
}

function runNpm(dev) {
  process.stderr.write(`Installing ${dev ? "all" : "runtime"} packages (npm ci)...\n`);
  const argv = ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...(dev ? [] : ["--omit=dev"])];
  const npm = spawnSync("npm", argv, { cwd: root, stdio: ["ignore", 2, 2], timeout: 15 * 60_000 });
  if (npm.status === 0) return true;
  const why = npm.error ? npm.error.message : `npm ended with code ${npm.status}`;
  process.stderr.write(
    `dayfly: the packages could not be installed (${why}). Check the network and that ${root} is writable.\n`,
  );
  return false;
}

/** `npx dayfly` then finds this checkout's own command. */
function linkCommand() {
  const bin = join(root, "node_modules", ".bin");
  try {
    mkdirSync(bin, { recursive: true });
    if (!existsSync(join(bin, "dayfly"))) symlinkSync("../../bin/dayfly.mjs", join(bin, "dayfly"));
  } catch (error) {
    process.stderr.write(`dayfly: npx dayfly is not set up (${error.code}); node bin/dayfly.mjs does the same.\n`);
  }
}

function writeStamp(stamp, hash) {
  try {
    writeFileSync(stamp, hash);
  } catch {
    // A read-only folder only costs the next start a second look.
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = install({ dev: process.argv.includes("--dev") }) ? 0 : 3;
}
