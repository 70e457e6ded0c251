import type { Call, ExitCode } from "../command.ts";
import { printable } from "../terminal.ts";
import { askTargets } from "./ask-targets.ts";
import { type DeployApi, readAnswer, withDeployApi } from "./deploy-client.ts";
import { environmentLines } from "./deploy-lines.ts";
import { EnvironmentList, type EnvironmentView } from "./deploy-view.ts";

export async function listEnvironments(call: Call): Promise<ExitCode> {
  const { options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const { environments } = readAnswer(EnvironmentList, await api.ask("GET", "/api/environments"), "the deploy API");
    if (options.json) terminal.print(JSON.stringify({ environments }, null, 2));
    else if (environments.length === 0) terminal.say("dayfly.yaml has no environments that you may see.");
    else for (const view of environments) print(call, view);
    return 0;
  });
}

export async function showEnvironment(call: Call): Promise<ExitCode> {
  return withDeployApi(call, async (api) => {
    print(call, await environment(api, call));
    return 0;
  });
}

/** Asks the targets first, so that the difference is of now. */
export async function diffEnvironment(call: Call): Promise<ExitCode> {
  const [app = "", env = ""] = call.operands;
  return withDeployApi(call, async (api) => {
    const answers = await askTargets(api, { app, env, verb: "status" });
    const view = await environment(api, call);
    print(call, view);
    const silent = answers.filter(({ report }) => report?.exit !== 0);
    for (const { target, report, text } of silent) call.terminal.say(`${target}: ${report?.text ?? text}`);
    if (silent.length > 0) return 3;
    return view.targets.every(({ state }) => state === "same") ? 0 : 1;
  });
}

export async function checkEnvironment(call: Call): Promise<ExitCode> {
  const { operands, options, terminal } = call;
  const [app = "", env = ""] = operands;
  return withDeployApi(call, async (api) => {
    const answers = await askTargets(api, { app, env, verb: "diagnostics" });
    if (options.json) terminal.print(JSON.stringify({ answers }, null, 2));
    else
      for (const { target, report, text } of answers) {
        terminal.print(`${terminal.paint("bold", target)} ${printable(report?.text ?? text ?? "")}`);
        for (const { name, ok, text: why } of report?.checks ?? []) {
          const word = ok ? terminal.paint("green", "✓ good") : terminal.paint("red", "✗ bad ");
          terminal.print(`  ${word} ${printable(name).padEnd(12)} ${printable(why)}`);
        }
      }
    if (answers.some(({ report }) => !report)) return 3;
    return answers.every(({ report }) => report?.exit === 0) ? 0 : 1;
  });
}

async function environment(api: DeployApi, { operands }: Call): Promise<EnvironmentView> {
  const [app = "", env = ""] = operands;
  const path = `/api/environments?${new URLSearchParams({ app, env })}`;
  const { environments } = readAnswer(EnvironmentList, await api.ask("GET", path), `${app}/${env}`);
  return environments[0] ?? { app, env, targets: [], waiting: [] };
}

function print({ options, terminal }: Call, view: EnvironmentView): void {
  if (options.json) terminal.print(JSON.stringify(view, null, 2));
  else for (const line of environmentLines(view, Date.now(), terminal)) terminal.print(line);
}
