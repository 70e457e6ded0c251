// The unit tests on the Node version that Lambda runs.
import { spawnSync } from "node:child_process";
import config from "../jest.config.mjs";
import { npmNode } from "./npm-node.mjs";

/** nodejs24.x is the newest runtime that the CDK version in package.json knows. */
const node = npmNode("24.21.0");
// Deliberate bugs try the simulator, not the runtime, and take as long as everything else together: once is enough.
const ignored = [...config.testPathIgnorePatterns, "mutants\\.test\\.ts$"];
const jest = [
  ...["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js", ...process.argv.slice(2)],
  ...ignored.flatMap((pattern) => ["--testPathIgnorePatterns", pattern]),
];
process.exitCode = node === undefined ? 3 : (spawnSync(node, jest, { stdio: "inherit" }).status ?? 3);
