import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FakeNode, Ran } from "./account.ts";

const installer = fileURLToPath(new URL("../../../target-host/install.sh", import.meta.url));

export interface DeployctlNode extends FakeNode {
  /** Where the host's own / is. */
  readonly root: string;
  /** The commit that is live, as the app itself has it. */
  live(): string | undefined;
  /** How often the app was told to make a release live for this deploy. */
  applied(deployId: string): number;
  /** From now on the app waits, in the middle of making a release live. */
  hold(): void;
  letGo(): void;
  isHeld(): boolean;
  /** Is a deploy waiting for `letGo`? */
  isAtWork(): boolean;
  /** deployctl dies as by `kill -9`; what it had started ends too. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** A node on which the real deployctl is installed, with one app `shop` of four small executables: what is live is one file. */
export function deployctlNode(id: string): DeployctlNode {
  const root = mkdtempSync(join(tmpdir(), "dayfly-node-"));
  execFileSync(installer, ["--local", "--root", root], { stdio: "ignore" });
  const running = new Set<ChildProcess>();
  writeApp(root);
  const letGo = () => rmSync(join(root, "app/hold"), { force: true });
  return {
    id,
    root,
    tags: new Map([["dayfly-target", "dayfly"]]),
    ping: "Online",
    platform: "Linux",
    agent: "3.3.3572.0",
    run: (script, environment, commandId) => run(root, script, { ...environment, SSM_COMMAND_ID: commandId }, running),
    live: () => read(join(root, "app/live")),
    applied: (deployId) => (read(join(root, "app/applied")) ?? "").split("\n").filter((id) => id === deployId).length,
    hold: () => writeFileSync(join(root, "app/hold"), ""),
    letGo,
    isHeld: () => existsSync(join(root, "app/hold")),
    isAtWork: () => existsSync(join(root, "app/at-work")),
    async kill() {
      const [, pid] = (read(join(root, "var/lib/dayfly/shop/prod/holder")) ?? "").split(" ");
      process.kill(Number(pid), "SIGKILL");
      letGo();
      execFileSync("flock", ["-w", "120", join(root, "var/lib/dayfly/shop/prod/lock"), "true"]);
    },
    async remove() {
      letGo();
      for (const child of running) child.kill("SIGKILL");
      rmSync(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

function writeApp(root: string): void {
  const folder = join(root, "app");
  mkdirSync(folder);
  const executables = {
    apply: `printf '%s\\n' "$DEPLOY_ID" >>"${folder}/applied"
if [ -e "${folder}/hold" ]; then : >"${folder}/at-work"; fi
while [ -e "${folder}/hold" ]; do sleep 0.02; done
rm -f "${folder}/at-work"
printf '%s\\n' "$COMMIT" >"${folder}/live"`,
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
    "HEALTH_SUCCESSES=1",
    // A computer that is busy with other tests is no reason to end them.
    "HEALTH_REQUEST_SECONDS=60",
    "APPLY_SECONDS=300",
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
