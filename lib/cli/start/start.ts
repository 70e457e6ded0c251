import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { portOf } from "../port.ts";
import { newStateFolder } from "../state-folder.ts";

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
    { flags: "--url <address>", text: "serve the jobs of this Gitea instead, with its own runner" },
    { flags: "--token-file <file>", text: "with --url: holds an API token of an administrator or owner" },
    { flags: "--runner <path>", text: "with --url: Gitea's runner; without it act_runner or gitea-runner from $PATH" },
    { flags: "--image <name>", text: "with --url: container image for jobs; without it Gitea's own ubuntu-latest" },
    { flags: "--trust", text: "with --url: jobs as processes of this computer instead of containers" },
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
    {
      line: "dayfly start --url https://git.example.com --token-file token",
      says: "serve a Gitea, jobs in containers",
    },
    { line: "dayfly start --port 0 --dir /tmp/try", says: "on any free port, all files in one folder" },
  ],
  load: async () => (call) => (call.options.url === undefined ? local(call) : gitea(call)),
};

async function local(call: Call): Promise<ExitCode> {
  const { startLocal } = await import("./start-local.ts");
  return startLocal(call, { ...placeOf(call), demo: call.options.demo === true });
}

async function gitea(call: Call): Promise<ExitCode> {
  const { startGitea } = await import("./start-gitea.ts");
  return startGitea(call, placeOf(call));
}

function placeOf(call: Call): { folder: string; host: string; port: number } {
  return { folder: newStateFolder(call), host: String(call.options.host), port: portOf(String(call.options.port)) };
}
