import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Activation } from "../../core/deploy/target-nodes.ts";

/** The script that installs deployctl: one file, because the host has nothing of ours yet. */
export function installScript(checkout: string): string {
  return `${head}\n${installation(checkout)}`;
}

/** The script that makes the host on which it runs a node of Systems Manager, and installs deployctl there. */
export function joinScript(
  checkout: string,
  { id, code }: Activation,
  place: { readonly region: string; readonly proxy?: string },
): string {
  const values = { ACTIVATION_ID: id, ACTIVATION_CODE: code, REGION: place.region, PROXY: place.proxy ?? "" };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
  const register = readFileSync(join(checkout, "target-host/join.sh"), "utf8");
  return `${[head, ...lines].join("\n")}\n${register}\n${installation(checkout)}`;
}

const head =
  "#!/usr/bin/env bash\n# Made by `dayfly targets add`; run it as root. It may be run again.\nset -Eeuo pipefail";

/** Text that a shell takes as one word, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The folder travels in the script itself: packed, and without the examples. */
function installation(checkout: string): string {
  const argv = [
    "-C",
    join(checkout, "target-host"),
    "--exclude=./examples",
    "--owner=0",
    "--group=0",
    "-czf",
    "-",
    ".",
  ];
  const packed = spawnSync("tar", argv, { maxBuffer: 1 << 24 });
  if (packed.status !== 0) throw new Error(`tar cannot pack target-host: ${packed.stderr}`);
  const text = packed.stdout.toString("base64").replace(/.{76}/g, "$&\n");
  return [
    "folder=$(mktemp -d)",
    `trap 'rm -rf -- "$folder"' EXIT`,
    `base64 -d <<'END' | tar -xz -C "$folder"`,
    text,
    "END",
    // Stdin may be this script: nobody else may read of it.
    `"$folder/install.sh" </dev/null`,
    "",
  ].join("\n");
}
