import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs the example `files` on a node, under the name pages.
 *
 * @param curl what the host has in the place of curl: a script, which finds the real one in /usr/bin
 */
export function installPages(root: string, curl: string): void {
  cpSync("target-host/examples/files", join(root, "files"), { recursive: true });
  writeFileSync(join(root, "files/settings.env"), `LIVE=${root}/site\n`);
  const executables = ["apply", "health", "version", "rollback"].map(
    (name) => `${name.toUpperCase()}=${root}/files/${name}`,
  );
  const settings = [`SETTINGS=${root}/files/settings.env`, "DISK_MIN_MB=1", "HEALTH_SUCCESSES=1"];
  const lines = ["KIND=script", "ENVIRONMENTS=prod", ...executables, ...settings];
  writeFileSync(join(root, "etc/dayfly/apps/pages.env"), `${lines.join("\n")}\n`);
  mkdirSync(join(root, "fakes"));
  writeFileSync(join(root, "fakes/curl"), `#!/usr/bin/env bash\n${curl}`, { mode: 0o755 });
  writeFileSync(join(root, "etc/dayfly/target.env"), `PATH=${root}/fakes:${process.env.PATH}\n`);
}

/** The page that is live there. */
export function livePage(root: string): string | undefined {
  const file = join(root, "site/index.html");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
