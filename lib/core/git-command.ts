/**
 * How we call git, as data: whoever may start a process runs it.
 *
 * A repository's content and its ref names are foreign text. Nothing of them may choose an option, a hook, a filter,
 * a remote or a configuration file for a git that we start.
 */

/** Options before the command's name: no hook, no file watcher, no transport other than a path on this computer. */
export const gitOptions: readonly string[] = [
  "--no-pager",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.quotePath=false",
  "-c",
  "protocol.allow=never",
  "-c",
  "protocol.file.allow=always",
  "-c",
  "submodule.recurse=false",
];

const inherited = ["PATH", "HOME", "TMPDIR", "SYSTEMROOT"] as const;

/**
 * The only environment that git gets: every `GIT_*` of ours would redirect it (a hook's GIT_DIR most of all).
 * HOME stays, because `safe.directory` is heard from the user's own configuration only.
 */
export function gitEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
  for (const name of inherited) {
    const value = ours[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...more };
}

/** A full SHA-1 or SHA-256 name of an object: the only form that we put on a command line. */
export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
