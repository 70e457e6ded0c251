// The `dayfly` command of machines on the Node that a stock Ubuntu 24.04 brings.
import { spawnSync } from "node:child_process";
import { npmNode } from "./npm-node.mjs";

/** https://packages.ubuntu.com/noble/nodejs has 18.19.1 for the life of that system. */
const MACHINE_NODE = npmNode("18.19.1");
const jest = ["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js", "machine-command"];
const env = { ...process.env, MACHINE_NODE };
process.exitCode =
  MACHINE_NODE === undefined ? 3 : (spawnSync(process.execPath, jest, { stdio: "inherit", env }).status ?? 3);
