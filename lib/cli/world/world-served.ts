import { existsSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod/mini";
import type { Programs } from "../command.ts";
import { type BuiltWorld, openWorld, placesIn } from "./world.ts";
import { GITEA_NAME } from "./world-gitea.ts";

const Served = z.object({
  /** Address of the forge. */
  url: z.string(),
  tokenFile: z.string(),
  /** Where its webhooks are taken. */
  webhook: z.string(),
});

/** What `dayfly start --url` serves in a folder, for commands that are called beside it. */
export interface Served extends z.infer<typeof Served> {
  /** The forge's name in that world. */
  readonly name: string;
  readonly secretFile: string;
  readonly log: string;
}

/** Kept when the server ends: the next one listens at the same port unless somebody says otherwise. */
export async function rememberServed(folder: string, served: z.infer<typeof Served>): Promise<void> {
  const { served: file } = placesIn(folder);
  await writeFile(`${file}.new`, JSON.stringify(served), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** From now on the folder serves its own repositories. */
export async function forgetServed(folder: string): Promise<void> {
  await rm(placesIn(folder).served, { force: true });
}

/** The world of a folder as whoever serves it has it: a command beside `dayfly start --url` speaks with the same Gitea. */
export async function openServedWorld(folder: string, mode: "read" | "write", programs: Programs): Promise<BuiltWorld> {
  const served = servedIn(folder);
  const gitea = served && { url: served.url, tokenFile: served.tokenFile, runner: undefined, trust: false };
  return openWorld(folder, mode, programs, gitea);
}

/** Undefined where the folder has served no forge. */
export function servedIn(folder: string): Served | undefined {
  const { served: file, secret, log } = placesIn(folder);
  if (!existsSync(file)) return undefined;
  return { ...Served.parse(JSON.parse(readFileSync(file, "utf8"))), name: GITEA_NAME, secretFile: secret, log };
}
