import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption, waitOption } from "./deploy.ts";

/** `dayfly deploy show`: one deploy, its steps and its phases. */
export const deployShow: CommandSpec = {
  name: "deploy show",
  summary: "Show one deploy: how it stands, why, and each of its steps",
  details: ["With --wait it ends when the deploy ends, with the exit codes of `dayfly deploy`."],
  operands: [{ name: "<id>", text: "its id, or the first digits of it" }],
  options: [
    { flags: "--audit", text: "every entry ever written about it, as JSON lines" },
    waitOption,
    jsonOption,
    dirOption,
    ...administratorOptions,
  ],
  examples: [
    { line: "dayfly deploy show 3f9a", says: "the deploy whose id begins so" },
    { line: "dayfly deploy show 3f9a --wait", says: "wait for its end" },
  ],
  load: async () => showDeploy,
};

async function showDeploy(call: Call): Promise<ExitCode> {
  const { accepted, withDeployApi } = await import("./deploy-client.ts");
  const { findDeploy } = await import("./find-deploy.ts");
  const { followDeploy } = await import("./deploy-order.ts");
  const { deployDetails } = await import("./deploy-lines.ts");
  const { operands, options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const deploy = await findDeploy(api, operands[0] ?? "");
    if (options.wait) return followDeploy(call, api, deploy);
    if (options.audit) {
      const audit = accepted(await api.ask("GET", `${deploy.url}/audit`), `deploy ${deploy.id}`);
      for (const entry of (audit as { entries?: readonly object[] }).entries ?? [])
        terminal.print(JSON.stringify(entry));
    } else if (options.json) terminal.print(JSON.stringify(deploy, null, 2));
    else for (const line of deployDetails(deploy, terminal)) terminal.print(line);
    return 0;
  });
}
