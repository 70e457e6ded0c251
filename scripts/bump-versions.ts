import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * `node scripts/run.mjs scripts/bump-versions.ts`: looks for newer runners, downloads them, and writes version and checksum into
 * runner-ami/versions.env for somebody to review; the newest release of Amazon Linux as well, whose packages Amazon signs.
 * Nothing is believed twice: a published checksum has to agree with the download.
 */
const file = "runner-ami/versions.env";
const timeoutMs = 120_000;

type Fetch = (url: string) => Promise<Response>;

export interface Runner {
  /** Beginning of its names in versions.env. */
  readonly prefix: string;
  /** Answers with the newest release's `tag_name`. */
  readonly latest: string;
  /** What else stands under the prefix, as newer versions have it. */
  readonly also: Readonly<Record<"URL" | "NAME", string>>;
  /** Where one build lies, and where its publisher says its checksum; undefined where he says it nowhere. */
  readonly build: (
    also: Runner["also"],
    version: string,
    arch: Arch,
  ) => { readonly url: string; readonly checksum?: string };
}

type Arch = "arm64" | "x64";

export const runners: readonly Runner[] = [
  {
    // Called act_runner up to 0.6; as gitea-runner it takes the same commands.
    prefix: "ACT_RUNNER",
    latest: "https://gitea.com/api/v1/repos/gitea/runner/releases/latest",
    also: { URL: "https://dl.gitea.com/gitea-runner", NAME: "gitea-runner" },
    build({ URL, NAME }, version, arch) {
      const url = `${URL}/${version}/${NAME}-${version}-linux-${arch === "x64" ? "amd64" : "arm64"}`;
      return { url, checksum: `${url}.sha256` };
    },
  },
  {
    prefix: "ACTIONS_RUNNER",
    latest: "https://api.github.com/repos/actions/runner/releases/latest",
    also: { URL: "https://github.com/actions/runner/releases/download", NAME: "actions-runner" },
    build: ({ URL, NAME }, version, arch) => ({ url: `${URL}/v${version}/${NAME}-linux-${arch}-${version}.tar.gz` }),
  },
];

/** Every release of Amazon Linux 2023, as `dnf check-release-update` reads them. */
export const systemReleases = "https://cdn.amazonlinux.com/al2023/core/releasemd.xml";

export interface Bump {
  readonly text: string;
  /** One line for each runner, and one for the system. */
  readonly said: readonly string[];
}

/** The text of versions.env with the newest of all. @throws Error where a version, a download or a checksum makes no sense */
export async function bump(text: string, wanted: readonly Runner[], today: string, get: Fetch): Promise<Bump> {
  const said: string[] = [];
  let next = set(text, "VERSIONS_CHECKED", today);
  for (const { prefix, latest, also, build } of wanted) {
    const { tag_name: tag } = (await (await get(latest)).json()) as { tag_name?: unknown };
    const version = /^v?(\d+\.\d+\.\d+)$/.exec(String(tag))?.[1];
    if (version === undefined) throw new Error(`${latest}: "${String(tag)}" is no version`);
    const pinned = pinnedValue(text, `${prefix}_VERSION`);
    if (version === pinned) {
      said.push(`${prefix} stays at ${pinned}`);
      continue;
    }
    next = set(next, `${prefix}_VERSION`, version);
    for (const [name, value] of Object.entries(also)) next = set(next, `${prefix}_${name}`, value);
    for (const arch of ["arm64", "x64"] as const) {
      const sum = await checksumOf(build(also, version, arch), get);
      next = set(next, `${prefix}_SHA256_${arch.toUpperCase()}`, sum);
    }
    said.push(`${prefix} goes from ${pinned} to ${version}`);
  }
  const system = await newestSystem(pinnedValue(text, "AL2023_RELEASE"), get);
  next = set(next, "AL2023_RELEASE", system.release);
  return { text: next, said: [...said, system.said] };
}

/** By numbers, not as text: there 2023.9 would be newer than 2023.10 (https://github.com/amazonlinux/amazon-linux-2023/issues/1062). */
async function newestSystem(pinned: string, get: Fetch): Promise<{ readonly release: string; readonly said: string }> {
  const listed = (await (await get(systemReleases)).text()).matchAll(/<release\s[^>]*\bversion="(2023\.\d+\.\d{8})"/g);
  const [newest] = [...listed].map(([, release = ""]) => release).sort((a, b) => numberOf(b) - numberOf(a));
  if (newest === undefined) throw new Error(`${systemReleases} lists no release`);
  if (numberOf(newest) <= numberOf(pinned)) return { release: pinned, said: `AL2023 stays at ${pinned}` };
  return { release: newest, said: `AL2023 goes from ${pinned} to ${newest}` };
}

/** 2023.10.20260120 → 1020260120 */
function numberOf(release: string): number {
  const [, minor = 0, day = 0] = release.split(".").map(Number);
  return minor * 100_000_000 + day;
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
