import { gzipSync } from "node:zlib";
import { tarOf } from "./tar.ts";

/** What one profile's machines know from the start. No secret: whoever may describe the template reads it. */
export interface MachineSettings {
  readonly api: string;
  readonly region: string;
  readonly runners: readonly ("gitea" | "github")[];
  readonly lifeMinutes: number;
  readonly bootMinutes: number;
  readonly debugMinutes: number;
}

/**
 * The script that cloud-init runs at the first boot. It sets the power-off timer before anything else, unpacks runner-ami
 * (so that machine and stack never differ, whatever the image holds) and starts the machine's one service.
 *
 * @param root the folder runner-ami
 */
export function userData(settings: MachineSettings, root: string): string {
  return `#!/bin/bash
# Dayfly: power-off timer, files, service. Nothing here is secret.
shutdown -P +${settings.lifeMinutes}
set -Eeuo pipefail
trap 'shutdown -P now' ERR
mkdir -p /etc/dayfly
cat >/etc/dayfly/machine.env <<'ENV'
DAYFLY_API=${settings.api}
DAYFLY_REGION=${settings.region}
DAYFLY_RUNNERS="${settings.runners.join(" ")}"
DAYFLY_LIFE_MINUTES=${settings.lifeMinutes}
DAYFLY_BOOT_MINUTES=${settings.bootMinutes}
DAYFLY_DEBUG_MINUTES=${settings.debugMinutes}
ENV
base64 -d <<'FILES' | tar -xzf - -C /etc/dayfly --no-same-owner
${archive(root, ["install", "versions.env"])}
FILES
base64 -d <<'FILES' | tar -xzf - -C / --no-same-owner
${archive(`${root}/rootfs`, ["etc", "usr"])}
FILES
systemctl daemon-reload
systemctl enable dayfly-machine.service
systemctl start --no-block dayfly-machine.service
`;
}

function archive(folder: string, members: readonly string[]): string {
  const packed = gzipSync(tarOf(folder, members), { level: 9 }).toString("base64");
  return (packed.match(/.{1,120}/g) ?? []).join("\n");
}
