import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * `node scripts/run.mjs scripts/bump-versions.ts`: looks for newer runners, downloads them, and writes version and checksum into
 * runner-ami/versions.env for somebody to review. Nothing is believed twice: a published checksum has to agree with the download.
 * Amazon Linux's release is left to `dnf check-release-update` on a machine: its list has no stable address.
 */
const file = "runner-ami/versions.env";
const timeoutMs = 120_000;

type Fetch = (url: string) => Promise<Response>;

export interface Runner {
  /** Beginning of its names in versions.env. */
  readonly prefix: string;
  /** Answers with the newest release's `tag_name`. */
  readonly latest: string;
  /** Where one build lies, and where its publisher says its checksum; undefined where he says it nowhere. */
  readonly build: (url: string, version: string, arch: Arch) => { readonly url: string; readonly checksum?: string };
}

type Arch = "arm64" | "x64";

export const runners: readonly Runner[] = [
  {
    prefix: "ACT_RUNNER",
    latest: "https://gitea.com/api/v1/repos/gitea/act_runner/releases/latest",
    build(base, version, arch) {
      const url = `${base}/${version}/act_runner-${version}-linux-${arch === "x64" ? "amd64" : "arm64"}`;
      return { url, checksum: `${url}.sha256` };
    },
  },
  {
    prefix: "ACTIONS_RUNNER",
    latest: "https://api.github.com/repos/actions/runner/releases/latest",
    build: (base, version, arch) => ({ url: `${base}/v${version}/actions-runner-linux-${arch}-${version}.tar.gz` }),
  },
];

export interface Bump {
  readonly text: string;
  /** One line for each runner. */
  readonly said: readonly string[];
}

/** The text of versions.env with the newest runners. @throws Error where a version, a download or a checksum makes no sense */
export async function bump(text: string, wanted: readonly Runner[], today: string, get: Fetch): Promise<Bump> {
  const said: string[] = [];
  let next = set(text, "VERSIONS_CHECKED", today);
  for (const { prefix, latest, build } of wanted) {
    const { tag_name: tag } = (await (await get(latest)).json()) as { tag_name?: unknown };
    const version = /^v?(\d+\.\d+\.\d+)$/.exec(String(tag))?.[1];
    if (version === undefined) throw new Error(`${latest}: "${String(tag)}" is no version`);
    const pinned = pinnedValue(text, `${prefix}_VERSION`);
    if (version === pinned) {
      said.push(`${prefix} stays at ${pinned}`);
      continue;
    }
    next = set(next, `${prefix}_VERSION`, version);
    for (const arch of ["arm64", "x64"] as const) {
      const sum = await checksumOf(build(pinnedValue(text, `${prefix}_URL`), version, arch), get);
      next = set(next, `${prefix}_SHA256_${arch.toUpperCase()}`, sum);
    }
    said.push(`${prefix} goes from ${pinned} to ${version}`);
  }
  return { text: next, said };
}

async function checksumOf({ url, checksum }: ReturnType<Runner["build"]>, get: Fetch): Promise<string> {
  const bytes = Buffer.from(await (await get(url)).arrayBuffer());
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (checksum === undefined) return sum;
  const published = (await (await get(checksum)).text()).trim().split(/\s/)[0];
  if (published !== sum) throw new Error(`${url}: the download has ${sum}, its publisher says ${published}`);
  return sum;
}

function pinnedValue(text: string, name: string): string {
  const found = new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`versions.env has no ${name}`);
  return found;
}

function set(text: string, name: string, value: string): string {
  return text.replace(`\n${name}=${pinnedValue(text, name)}\n`, `\n${name}=${value}\n`);
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}

if (process.argv[1]?.endsWith("bump-versions.ts")) {
  const { text, said } = await bump(readFileSync(file, "utf8"), runners, new Date().toISOString().slice(0, 10), get);
  writeFileSync(file, text);
  for (const line of said) process.stdout.write(`${line}\n`);
}
