import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FakeNode, Ran } from "./account.ts";

const installer = fileURLToPath(new URL("../../../target-host/install.sh", import.meta.url));

export interface DeployctlNode extends FakeNode {
  /** The live commit, as the app itself has it. */
  readonly root: string;
  remove(): void;
}

/** A node on which the real deployctl is installed, with one app `shop` of four small executables: what is live is one file. */
export function deployctlNode(id: string): DeployctlNode {
  const root = mkdtempSync(join(tmpdir(), "dayfly-node-"));
  execFileSync(installer, ["--local", "--root", root], { stdio: "ignore" });
  const running = new Set<ChildProcess>();
  writeApp(root);
  return {
    id,
    root,
    tags: new Map([["dayfly-target", "dayfly"]]),
    ping: "Online",
    platform: "Linux",
    agent: "3.3.3572.0",
    run: (script, environment, commandId) => run(root, script, { ...environment, SSM_COMMAND_ID: commandId }, running),
    remove() {
      for (const child of running) child.kill("SIGKILL");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function writeApp(root: string): void {
  const folder = join(root, "app");
  mkdirSync(folder);
  const executables = {
    apply: `printf '%s\\n' "$COMMIT" >"${folder}/live"`,
    health: `[ "$(cut -c1-4 "${folder}/live")" != dead ]`,
    version: `cat "${folder}/live"`,
    rollback: `if [ "$RELEASE" = - ]; then rm -f "${folder}/live"; else printf '%s\\n' "$COMMIT" >"${folder}/live"; fi`,
  };
  for (const [name, body] of Object.entries(executables)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const keys = Object.keys(executables).map((name) => `${name.toUpperCase()}=${folder}/${name}`);
  const settings = [
    "KIND=script",
    "ENVIRONMENTS=prod pr-*",
    ...keys,
    "HEALTH_TRIES=2",
    "HEALTH_INTERVAL_SECONDS=1",
    "DISK_MIN_MB=1",
  ];
  writeFileSync(join(root, "etc/dayfly/apps/shop.env"), `${settings.join("\n")}\n`);
}

/** As the agent does it: `sh`, as a child of its own, with both outputs caught. The document's path is moved below our root. */
function run(
  root: string,
  script: string,
  environment: Record<string, string>,
  running: Set<ChildProcess>,
): Promise<Ran> {
  const moved = script.replaceAll("/opt/dayfly/bin/deployctl", `${root}/opt/dayfly/bin/deployctl`);
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", moved], {
      env: { PATH: process.env.PATH ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code: code ?? 137, stdout, stderr });
    });
  });
}
