import type { TargetCommand } from "./deploy-ports.ts";
import type { Word } from "./deploy-request.ts";

/** The words that deployctl takes, each under the grammar of its name; a value that is not given travels as `-`. */
export type CommandWords = Readonly<Partial<Record<Word, string>>>;

/** What a command says to deployctl, by word, however it travels there. */
export function wordsOf(command: TargetCommand): CommandWords {
  const { app, env } = command;
  if (command.kind === "inspect") return { app, env, id: command.deployId ?? "-" };
  const { deployId: id, fence, notAfter, force, release, bundle } = command;
  return {
    ...{ app, env, id },
    tag: release?.tag ?? "-",
    digest: release?.digest ?? "-",
    commit: release?.commit ?? "-",
    fence: String(fence),
    // Its clock counts seconds; half a second early is better than late.
    notAfter: String(Math.floor(notAfter / 1000)),
    mode: force ? "force" : "normal",
    bundle: bundle ?? "-",
  };
}

/** What deployctl is asked to do: `deploy`, `rollback`, `status`, … */
export function verbOf(command: TargetCommand): "deploy" | "rollback" | "status" | "diagnostics" | "logs" {
  return command.kind === "deploy" ? command.op : command.verb;
}
