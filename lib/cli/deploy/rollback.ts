import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption, waitOption } from "./deploy.ts";

/** `dayfly rollback`: back to the release before, or to a named one. */
export const rollback: CommandSpec = {
  name: "rollback",
  summary: "Go back to the release before, or to a named one",
  details: [
    "Without a tag the target's own record of its last good release counts; it is verified like any deploy.",
    "With a tag it goes to the commit and the digest that were live under that name in this environment; only an administrator may name anything else.",
    "Exit codes are those of `dayfly deploy`.",
  ],
  operands: [
    { name: "<app>", text: "of dayfly.yaml" },
    { name: "<env>", text: "the environment" },
    { name: "[tag]", text: "of a release that ran there before" },
  ],
  options: [
    { flags: "--commit <sha>", text: "40 hex digits of that release" },
    { flags: "--digest <sha256>", text: "of that release" },
    { flags: "--dry-run", text: "say what would be done, and store nothing" },
    waitOption,
    jsonOption,
    dirOption,
    ...administratorOptions,
  ],
  examples: [
    { line: "dayfly rollback shop prod --wait", says: "to the release before" },
    { line: "dayfly rollback shop prod v1.3.2 --wait", says: "to that one" },
  ],
  load: async () => runRollback,
};

async function runRollback(call: Call): Promise<ExitCode> {
  const { rollbackRelease } = await import("./deploy-release.ts");
  const { orderDeploy } = await import("./deploy-order.ts");
  const [app = "", env = "", tag] = call.operands;
  const release = rollbackRelease(call, app, env, tag);
  return orderDeploy(call, { op: "rollback", app, env, ...release, dryRun: call.options.dryRun === true });
}
