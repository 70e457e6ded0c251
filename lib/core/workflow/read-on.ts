import type { Dialect } from "../dialect.ts";
import type { OnReading } from "./on.ts";
import { readGiteaOn } from "./on-gitea.ts";
import { readGithubOn } from "./on-github.ts";
import type { Tree } from "./yaml-tree.ts";

/** Reads `on:` as the forge does; a problem makes the whole file invalid there. */
export function readOn(dialect: Dialect, file: string, on: Tree): OnReading {
  return dialect.forge === "github" ? readGithubOn(dialect, file, on) : readGiteaOn(dialect, file, on);
}
