import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deployPlacesIn } from "./world-deploys.ts";

const run = promisify(execFile);

/** What deployctl calls, and a system may lack. */
const tools = ["bash", "jq", "curl", "flock", "setpriv", "timeout", "sha256sum", "base64", "tar", "git"];
const INSTALLED_WITHIN_MS = 60_000;

/** Which programs a deploy target on this computer lacks; none on most Linux systems. */
export function missingTools(): readonly string[] {
  const ask = 'for tool in "$@"; do command -v "$tool" >/dev/null || printf "%s " "$tool"; done';
  const { stdout, error } = spawnSync("bash", ["-c", ask, "tools", ...tools], { encoding: "utf8" });
  return error ? ["bash"] : stdout.split(" ").filter(Boolean);
}

/** The demo's part of dayfly.yaml: one app, one environment, one target, which is this computer. One that is there stays. */
export async function makeDemoConfig(folder: string): Promise<void> {
  const { config } = deployPlacesIn(folder);
  if (existsSync(config)) return;
  await writeFile(`${config}.new`, demoConfig);
  await rename(`${config}.new`, config);
}

const demoConfig = `# What this local world deploys, where, and who may do so. Read at the next start.
targets:
  - { name: here, local: true }
apps:
  - { name: page }
environments:
  - { name: dev, app: page, targets: [here], from: { repo: demo, refs: [main], events: [push] } }
`;

/**
 * Makes this computer a deploy target below the folder, by the installer of every target, with the demo's page as its app.
 *
 * @throws Error with what the installer said
 */
export async function makeDemoTarget(folder: string, checkout: string): Promise<void> {
  const target = deployPlacesIn(folder).target("here");
  const apps = join(target, "etc", "dayfly", "apps");
  if (existsSync(join(apps, "page.env"))) return;
  const installer = join(checkout, "target-host", "install.sh");
  await run("bash", [installer, "--local", "--root", target], { timeout: INSTALLED_WITHIN_MS });
  await writeFile(join(target, "etc", "dayfly", "target.env"), `PATH=${process.env.PATH ?? "/usr/bin:/bin"}\n`);
  await cp(join(checkout, "lib", "cli", "demo-target"), join(apps, "page"), { recursive: true });
  const settings = join(apps, "page", "settings.env");
  await writeFile(settings, `REPOSITORY=${join(folder, "repositories", "demo.git")}\n`);
  const executables = ["apply", "health", "version", "rollback"];
  const lines = [
    "KIND=script",
    "ENVIRONMENTS=dev",
    ...executables.map((name) => `${name.toUpperCase()}=${join(apps, "page", name)}`),
    `SETTINGS=${settings}`,
    "HEALTH_TRIES=2",
    "HEALTH_INTERVAL_SECONDS=1",
    "HEALTH_SUCCESSES=1",
    "HEALTH_REQUEST_SECONDS=30",
    "DISK_MIN_MB=1",
  ];
  await writeFile(join(apps, "page.env.new"), `${lines.join("\n")}\n`);
  await rename(join(apps, "page.env.new"), join(apps, "page.env"));
}
