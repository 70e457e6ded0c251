import { type Call, CommandError, type CommandSpec, type ExitCode } from "../command.ts";
import { portOf } from "../port.ts";
import { stackOptions, stackPlace } from "./stack-place.ts";

/** `dayfly dashboard`: the page over a stack's table, on this computer and nowhere else. */
export const dashboard: CommandSpec = {
  name: "dashboard",
  summary: "Show the page of a stack on AWS, on this computer",
  details: [
    "It reads the table with your own AWS credentials and listens on 127.0.0.1: nothing of it is public.",
    "It only looks: jobs are cancelled and run again at their forge, where their logs are as well.",
  ],
  options: [...stackOptions, { flags: "--port <number>", text: "of the page; 0 takes any free one", fallback: "4322" }],
  examples: [{ line: "dayfly dashboard --stack dayfly --region eu-central-1", says: "the page of that stack" }],
  load: async () => show,
};

async function show(call: Call): Promise<ExitCode> {
  const place = stackPlace(call.options);
  if (!place) {
    throw new CommandError("whose page?", {
      where: "dayfly dashboard",
      remedy: "Name a stack with --stack, such as --stack dayfly; `dayfly start` has a page of its own.",
      exitCode: 2,
    });
  }
  const port = portOf(String(call.options.port));
  const stop = call.untilInterrupted();
  const opened = await call.openStack(place);
  const { servePage } = await import("../world/world-page.ts");
  const served = await servePage(opened, call.checkout, port);
  try {
    call.terminal.print(`${served.url}/`);
    call.terminal.say("Ctrl-C ends it.");
    if (!stop.aborted)
      await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
    return 0;
  } finally {
    await served.close();
    await opened.close();
  }
}
