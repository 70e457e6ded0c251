#!/usr/bin/env node
import { credentials } from "../lib/cli/credentials.ts";
import { deploy } from "../lib/cli/deploy/deploy.ts";
import { deployList } from "../lib/cli/deploy/deploy-list.ts";
import { deployLogs } from "../lib/cli/deploy/deploy-logs.ts";
import { deployShow } from "../lib/cli/deploy/deploy-show.ts";
import { rollback } from "../lib/cli/deploy/rollback.ts";
import { run } from "../lib/cli/program.ts";
import { terminal } from "../lib/cli/terminal.ts";

const commands = [credentials, deploy, deployList, deployShow, deployLogs, rollback];

/** The `dayfly` command of our machines on AWS: what a job there can ask for, in one file. The runner API hands it out. */
async function main(): Promise<void> {
  // `dayfly deploy | head` closes our stdout early: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 3));
  const surroundings = {
    terminal: terminal(process.stdout, process.stderr, process.env),
    programs: {},
    checkout: "",
    environment: process.env,
    folder: process.cwd(),
    openWorld: () => Promise.reject(new Error("a machine has no local world")),
    openStack: () => Promise.reject(new Error("a machine reads no stack")),
    openStackDeploys: () => Promise.reject(new Error("a machine asks by its token")),
    askSecret: () => Promise.reject(new Error("a machine asks nobody")),
    examineStack: () => Promise.reject(new Error("a machine examines no stack")),
    untilInterrupted: () => new AbortController().signal,
  };
  process.exitCode = await run(process.argv.slice(2), surroundings, commands);
}

void main();
