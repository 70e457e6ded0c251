import { askSecret } from "../lib/cli/ask-secret.ts";
import type { Programs } from "../lib/cli/command.ts";
import { commands } from "../lib/cli/commands.ts";
import { run } from "../lib/cli/program.ts";
import type { StackPlace } from "../lib/cli/read-world.ts";
import { lacksPackages } from "../lib/cli/stack/aws-packages.ts";
import type { StackExam } from "../lib/cli/stack/stack-exam.ts";
import { terminal } from "../lib/cli/terminal.ts";

interface Installed {
  readonly programs: Programs;
  /** Top folder of these sources. */
  readonly checkout: string;
}

/** Runs one command line in this process: the only place that touches its streams, signals and exit code. */
export async function main(argv: readonly string[], { programs, checkout }: Installed): Promise<void> {
  // `dayfly runs | head` closes our stdout early: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 3));

  // Which Node the SDK likes is no matter of whoever asks for runs.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const surroundings = {
    terminal: terminal(process.stdout, process.stderr, process.env),
    programs,
    checkout,
    environment: process.env,
    folder: process.cwd(),
    openWorld: async (folder: string, mode: "read" | "write") =>
      (await import("../lib/cli/world/world-served.ts")).openServedWorld(folder, mode, programs),
    openStack: async (place: StackPlace) => {
      const { openStack } = await import("../lib/cli/world/world-stack.ts").catch(lacksPackages);
      return openStack(place);
    },
    openStackDeploys: async (place: StackPlace, administrator: string) => {
      const { openStackDeploys } = await import("../lib/cli/world/world-stack-deploys.ts").catch(lacksPackages);
      return openStackDeploys(place, administrator);
    },
    askSecret: (question: string) => askSecret(process.stdin, (text) => process.stderr.write(text), question),
    examineStack: async (exam: StackExam) => {
      const { examineStack } = await import("../lib/cli/world/world-doctor.ts").catch(lacksPackages);
      return examineStack(exam);
    },
    untilInterrupted,
  };
  process.exitCode = await run(argv, surroundings, commands);
}

/** The first signal asks to stop; a second one finds no handler and ends the process at once. */
function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort(name));
  return stop.signal;
}
