import { join } from "node:path";
import type { MachineFile } from "./machine-folder.ts";
import { stampName } from "./processes.ts";

/** What a machine may know of whoever started it: how to find programs, how to speak, what time it is. No token, no proxy, no key. */
const inherited = ["PATH", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "SHELL"] as const;

/** The whole environment of a machine's processes: stamped, with folders of its own. */
export function machineEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  folder: string,
  { instanceId, launchId, deadline }: MachineFile,
): Record<string, string> {
  const environment: Record<string, string> = {
    [stampName]: instanceId,
    DAYFLY_LAUNCH: launchId,
    DAYFLY_DEADLINE: new Date(deadline).toISOString(),
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
  };
  for (const name of inherited) {
    const value = ours[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
