import { type Call, CommandError, type CommandSpec, type ExitCode } from "./command.ts";
import { newStateFolder } from "./state-folder.ts";

/** `dayfly start`: a push on this computer becomes finished jobs. */
export const start: CommandSpec = {
  name: "start",
  summary: "Serve git pushes on this computer, without AWS and without a forge",
  details: [
    "Makes a folder with bare repositories to push to, runs the jobs of each push as processes of this computer, and shows them on a page.",
    "Its runner is for trying out and for small use: it knows `run:` steps, checkout and local actions.",
    "Ctrl-C ends everything that it started; the next start goes on with what waited.",
  ],
  options: [
    { flags: "--demo", text: "with a small project to play with; its first push is made for you" },
    { flags: "--port <number>", text: "of page and webhooks; 0 takes any free one", fallback: "4321" },
    {
      flags: "--host <address>",
      text: "who can reach it: 127.0.0.1 this computer alone; the page asks nobody for a password",
      fallback: "127.0.0.1",
    },
    {
      flags: "--dir <folder>",
      text: "where it keeps everything; without it $DAYFLY_DIR, else .dayfly here or in a folder above",
    },
  ],
  examples: [
    { line: "dayfly start --demo", says: "see it work" },
    { line: "dayfly start --port 0 --dir /tmp/try", says: "on any free port, all files in one folder" },
  ],
  load: async () => {
    const { startLocal } = await import("./start-local.ts");
    return (call: Call): Promise<ExitCode> =>
      startLocal(call, {
        folder: newStateFolder(call),
        host: String(call.options.host),
        port: portOf(String(call.options.port)),
        demo: call.options.demo === true,
      });
  },
};

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CommandError(`"${text}" is no port`, {
    where: "--port",
    remedy: "Give a number from 1 to 65535, or 0 for any free one.",
    exitCode: 2,
  });
}
