import type { CommandSpec } from "./command.ts";
import { docs } from "./docs.ts";
import { explain } from "./explain.ts";

/** Every command, in the order in which help and reference name them. A parent stands before its subcommands. */
export const commands: readonly CommandSpec[] = [explain, docs];
