import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Call, CommandError, type Option } from "./command.ts";

const stateFolderName = ".dayfly";

export const dirOption: Option = {
  flags: "--dir <folder>",
  text: "folder of the local world; without it $DAYFLY_DIR, else .dayfly here or in a folder above",
};

type Asked = Pick<Call, "options" | "environment" | "folder">;

/** Where `dayfly start` keeps its world; it may not exist yet. */
export function newStateFolder({ options, environment, folder }: Asked): string {
  const named = typeof options.dir === "string" ? options.dir : environment.DAYFLY_DIR;
  return resolve(folder, named || (findAbove(folder) ?? stateFolderName));
}

/** The folder of a local world that has been started before. */
export function stateFolder(asked: Asked): string {
  const folder = newStateFolder(asked);
  if (existsSync(join(folder, "store.db"))) return folder;
  throw new CommandError("there is no local world yet", {
    where: folder,
    remedy: "Start one here with `dayfly start`, or name another one with --dir.",
    exitCode: 2,
  });
}

function findAbove(folder: string): string | undefined {
  const candidate = join(folder, stateFolderName);
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : findAbove(dirname(folder));
}
