import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

/** What the hook has to know, in a file that only the repository's owner can read: the secret signs its webhooks. */
export const HookSettings = z.object({
  url: z.url(),
  secret: z.string().check(z.minLength(16)),
  repository: z.object({ id: z.string(), name: z.string() }),
});
export type HookSettings = z.infer<typeof HookSettings>;

export function hookSettingsFile(repository: string): string {
  return join(repository, "dayfly", "hook.json");
}

/** Undefined where there is no such file or it is not ours. */
export function readHookSettings(repository: string): HookSettings | undefined {
  try {
    return HookSettings.parse(JSON.parse(readFileSync(hookSettingsFile(repository), "utf8")));
  } catch {
    return undefined;
  }
}
