import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { readHookSettings } from "./hook-settings.ts";
import { noteUpdates, parseUpdates } from "./note-updates.ts";
import { sendPushes } from "./send-pushes.ts";

/**
 * The program behind a repository's post-receive hook: notes each updated branch and tag on the disk, then tells the server.
 *
 * in:  the repository as working directory; `<old> <new> <ref>` lines on standard input
 * out: one line of talk at most, which git shows to whoever pushes. Always exit code 0: the push has already happened.
 */
async function main(): Promise<void> {
  const directory = process.cwd();
  const updates = parseUpdates(readFileSync(0, "utf8"));
  if (updates.length === 0) return;
  const settings = readHookSettings(directory);
  if (!settings) return say("this repository is not set up any more; nothing starts");

  const sender = (process.env.REMOTE_USER || userInfo().username).slice(0, 256);
  const { repository } = settings;
  const { noted, left } = await noteUpdates(directory, updates, { repository, sender, at: Date.now() });
  if (left > 0) say(`noted the first ${noted.length} refs of this push, nothing starts for ${left} more`);
  const trouble = await sendPushes(settings, noted);
  if (trouble) say(`${trouble}; the push is noted and will be picked up`);
}

function say(text: string): void {
  process.stderr.write(`dayfly: ${text}\n`);
}

main().catch((error: unknown) => say(`could not note this push: ${error instanceof Error ? error.message : error}`));
