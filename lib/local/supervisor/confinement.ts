import { spawnSync } from "node:child_process";

/**
 * A command line that runs another one in a PID namespace of its own: when its first process ends, or its supervisor does,
 * the kernel kills everything in it, whatever it forked and wherever that went.
 */
const namespaces: readonly (readonly string[])[] = [
  ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--"],
  ["unshare", "--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc", "--"],
];

/** The first process of a namespace inherits all orphans and has to wait for them: node does not, a shell does. */
const init = ["/bin/sh", "-c", 'exec 9<&0; "$@" <&9 9<&- & wait "$!"', "dayfly-init"];

/** What to put before a command; undefined where this system, or whoever started us, does not allow such a namespace. */
export function confinement(): readonly string[] | undefined {
  if (process.platform !== "linux") return undefined;
  const isRoot = process.getuid?.() === 0;
  for (const namespace of isRoot ? namespaces : namespaces.slice(1)) {
    const [program = "", ...rest] = [...namespace, ...init, "/bin/sh", "-c", 'test "$PPID" = 1'];
    if (spawnSync(program, rest, { stdio: "ignore", timeout: 30_000 }).status === 0) return [...namespace, ...init];
  }
  return undefined;
}
