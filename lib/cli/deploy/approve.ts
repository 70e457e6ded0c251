import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption, waitOption } from "./deploy.ts";

/** `dayfly approve`: a person lets a waiting deploy begin. */
export const approve: CommandSpec = {
  name: "approve",
  summary: "Let a deploy begin that waits for an approval",
  details: [
    "The approval is of the commit, and of the digest where one is known, that this command shows: another one is not approved with it.",
    "Exit code 1 where it does not wait any more.",
  ],
  operands: [{ name: "<id>", text: "its id, or the first digits of it" }],
  options: [
    { flags: "--commit <sha>", text: "approve only if this is its commit" },
    waitOption,
    jsonOption,
    dirOption,
    ...administratorOptions,
  ],
  examples: [{ line: "dayfly approve 3f9a --wait", says: "and follow it to its end" }],
  load: async () => approveDeploy,
};

async function approveDeploy(call: Call): Promise<ExitCode> {
  const { readAnswer, withDeployApi } = await import("./deploy-client.ts");
  const { findDeploy } = await import("./find-deploy.ts");
  const { followDeploy } = await import("./deploy-order.ts");
  const { outcomeLine } = await import("./deploy-lines.ts");
  const { DeployView } = await import("./deploy-view.ts");
  const { operands, options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const { id, url, release } = await findDeploy(api, operands[0] ?? "");
    const commit = typeof options.commit === "string" ? options.commit : release?.commit;
    const seen = {
      ...(commit === undefined ? {} : { commit }),
      ...(release?.digest ? { digest: release.digest } : {}),
    };
    const deploy = readAnswer(DeployView, await api.ask("POST", `${url}/approve`, seen), `deploy ${id}`);
    if (options.wait) return followDeploy(call, api, deploy);
    terminal.print(options.json ? JSON.stringify(deploy, null, 2) : outcomeLine(deploy, terminal));
    return 0;
  });
}
