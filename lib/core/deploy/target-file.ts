import type { ConfigFile } from "../config/config-file.ts";

/**
 * What dayfly.yaml knows of `/etc/dayfly/apps/<app>.env` on one of its targets: `KEY=value` lines, and as comments the keys
 * that only the host's owner knows (target-host/README.md).
 *
 * @returns undefined where nothing of that app goes to that target
 */
export function targetFile(file: ConfigFile, target: string, name: string): string | undefined {
  const app = file.apps.find((entry) => entry.name === name);
  const there = file.environments.filter((entry) => entry.app === name && entry.targets.includes(target));
  if (!app || there.length === 0) return undefined;
  const environments = there.map((entry) => entry.name);
  const patterns = environments.filter((env) => !isKnownThere(env));
  const lines = [
    `KIND=${app.image === undefined ? "script" : "compose"}`,
    `ENVIRONMENTS=${environments.filter(isKnownThere).join(" ")}`,
    ...patterns.map((env) => `# ${env}: name each, a host takes no pattern but pr-*`),
    ...(app.image === undefined ? executables : composeLines(app)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function composeLines({ image, health, public: address, commitField }: ConfigFile["apps"][number]): readonly string[] {
  const lines = [`IMAGE=${image}`, `HEALTH_URL=${health}`, "# COMPOSE_FILE=/srv/…/compose.yaml", "# SERVICES=…"];
  if (address !== undefined) lines.push(`VERSION_URL=${address}`);
  if (commitField !== "commit") lines.push(`VERSION_FIELD=${commitField}`);
  return lines;
}

const executables = ["APPLY", "HEALTH", "VERSION", "ROLLBACK"].map((key) => `# ${key}=/srv/…/${key.toLowerCase()}`);

/** deployctl compares names, and knows one pattern (target-host/rootfs/opt/dayfly/lib/config.sh). */
function isKnownThere(env: string): boolean {
  return env === "pr-*" || !env.includes("*");
}
