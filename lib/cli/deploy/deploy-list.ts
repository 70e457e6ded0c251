import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption } from "./deploy.ts";

/** `dayfly deploy list`: the latest deploys, newest first. */
export const deployList: CommandSpec = {
  name: "deploy list",
  summary: "List deploys, newest first",
  options: [
    { flags: "--app <app>", text: "only those of one app" },
    { flags: "--env <env>", text: "only those of one environment" },
    jsonOption,
    dirOption,
    ...administratorOptions,
  ],
  examples: [
    { line: "dayfly deploy list", says: "what was deployed last, and how it ended" },
    { line: "dayfly deploy list --app shop --env prod --json", says: "for a program" },
  ],
  load: async () => listDeploys,
};

async function listDeploys(call: Call): Promise<ExitCode> {
  const { readAnswer, withDeployApi } = await import("./deploy-client.ts");
  const { DeployList } = await import("./deploy-view.ts");
  const { deployTable } = await import("./deploy-lines.ts");
  const { options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const query = new URLSearchParams();
    for (const name of ["app", "env"]) if (typeof options[name] === "string") query.set(name, options[name]);
    const { deploys } = readAnswer(DeployList, await api.ask("GET", `/api/deploys?${query}`), "the deploy API");
    if (options.json) terminal.print(JSON.stringify({ deploys }, null, 2));
    else if (deploys.length === 0) terminal.say(query.size === 0 ? "No deploys yet." : `No deploys of ${query} yet.`);
    else for (const line of deployTable(deploys, Date.now(), terminal)) terminal.print(line);
    return 0;
  });
}
