import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { MAX_BUNDLE_BYTES } from "../../core/deploy/bundle.ts";
import { type Call, CommandError } from "../command.ts";
import { type DeployApi, readAnswer } from "./deploy-client.ts";

export interface BundleFile {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** What says something else of the release, or wants nothing stored. @throws CommandError */
export function refuseBeside({ digest, from, dryRun }: Call["options"]): void {
  const other = digest !== undefined ? "--digest" : from !== undefined ? "--from" : undefined;
  if (other) throw wrong(`--bundle names the release: leave ${other} out`, other);
  if (dryRun === true) throw wrong("a dry run uploads nothing", "--dry-run: name a stored bundle by --digest");
}

/** Reads the file whole: what is hashed is what is sent. @throws CommandError where it can be no bundle */
export async function readBundle({ folder }: Pick<Call, "folder">, name: string): Promise<BundleFile> {
  const file = resolve(folder, name);
  const found = await stat(file).catch(() => undefined);
  if (!found) throw wrong("there is no such file", name);
  if (!found.isFile()) throw wrong("that is no file: pack a folder first", name);
  if (found.size > MAX_BUNDLE_BYTES) throw wrong("it has more than 100 MiB, which no target takes", name);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw wrong("it cannot be read", name, cause);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw wrong("that is no gzipped tar", name);
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes };
}

const Offer = z.object({
  stored: z.boolean(),
  url: z.optional(z.string()),
  headers: z.optional(z.record(z.string(), z.string())),
});

/** Stores the bundle where targets find it, unless it is there already. */
export async function uploadBundle(
  { terminal }: Pick<Call, "terminal">,
  api: DeployApi,
  { app, env }: { readonly app: string; readonly env: string },
  { digest, bytes }: BundleFile,
): Promise<void> {
  const wish = { app, env, digest, bytes: bytes.length };
  const { stored, url, headers } = readAnswer(Offer, await api.ask("POST", "/api/bundles", wish), `${app}/${env}`);
  if (!stored) {
    const refusal = await api.put(url ?? "", headers ?? {}, bytes);
    if (refusal !== undefined)
      throw new CommandError("the bundle was not stored", {
        where: refusal,
        remedy: "Run it again: an address to upload to is good for fifteen minutes.",
        exitCode: 3,
      });
  }
  terminal.say(`Bundle ${digest} is ${stored ? "there already" : `stored (${bytes.length} bytes)`}.`);
}

function wrong(what: string, file: string, cause?: unknown): CommandError {
  const remedy = "--bundle wants a gzipped tar: tar -czf release.tar.gz -C dist .";
  return new CommandError(what, { where: file, remedy, exitCode: 2, cause });
}
