import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { type HookSettings, hookSettingsFile, readHookSettings } from "./hook-settings.ts";
import { runGit } from "./run-git.ts";

export interface HookInstallation {
  /** Where the server takes webhooks: `http://127.0.0.1:8080/webhook/here`. */
  readonly url: string;
  readonly secret: string;
  /** `owner/name` for people. */
  readonly name: string;
  /** The bundled post-receive program; it is copied, so that the repository does not depend on our caches. */
  readonly program: string;
}

const mark = "# Written by dayfly";

/**
 * Makes the repository tell us of every push. Doing it again brings everything up to date; the repository keeps its id.
 *
 * @throws UserError where the repository has a post-receive hook of somebody else
 */
export async function installHook(repository: string, { url, secret, name, program }: HookInstallation): Promise<void> {
  const script = join(repository, "hooks", "post-receive");
  const present = await readFile(script, "utf8").catch(() => "");
  if (present !== "" && !present.includes(mark)) {
    throw new UserError(`${script} is a hook of somebody else: move it away, or push to another repository`);
  }
  await mkdir(join(repository, "hooks"), { recursive: true });
  await mkdir(join(repository, "dayfly"), { recursive: true, mode: 0o700 });

  const id = readHookSettings(repository)?.repository.id ?? randomBytes(8).toString("hex");
  const settings: HookSettings = { url, secret, repository: { id, name } };
  await replace(hookSettingsFile(repository), 0o600, (draft) => writeFile(draft, JSON.stringify(settings)));
  await replace(join(repository, "dayfly", "post-receive.mjs"), 0o600, (draft) => copyFile(program, draft));
  await replace(script, 0o755, (draft) => writeFile(draft, hookScript(process.execPath)));
  await useOwnHooks(repository);
}

/**
 * Some people keep a global hooks folder: git would look there, and not at ours.
 *
 * Written only where it is not so yet: a git that was killed leaves the configuration locked, and must not keep us from starting.
 */
async function useOwnHooks(repository: string): Promise<void> {
  const config = ["config", "--file", join(repository, "config")];
  const { stdout } = await runGit(repository, { argv: [...config, "--get", "core.hooksPath"], answers: [0, 1] });
  if (stdout.toString("utf8").trim() === "hooks") return;
  await runGit(repository, { argv: [...config, "core.hooksPath", "hooks"] });
}

/** Paths of programs go through single quotes; nothing else of this script varies. */
function hookScript(node: string): string {
  return `#!/bin/sh
${mark}: notes each push below dayfly/ and tells the server. It never fails a push.
node='${node.replaceAll("'", "'\\''")}'
[ -x "$node" ] || node=node
"$node" dayfly/post-receive.mjs || echo 'dayfly: this push could not be noted' >&2
exit 0
`;
}

/** Whole or not at all: a push may run the old file while the new one is written. */
async function replace(file: string, mode: number, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.new`;
  await write(draft);
  await chmod(draft, mode);
  await rename(draft, file);
}
