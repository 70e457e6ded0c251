import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type Call, CommandError, type CommandSpec, type ExitCode } from "../command.ts";
import { errorCode } from "../failure.ts";

/** `dayfly init`: a first workflow to start from. */
export const init: CommandSpec = {
  name: "init",
  summary: "Write a first workflow file; never overwrites one",
  details: ["It goes to the repository's top folder, where GitHub, or with --forge gitea Gitea, looks for it."],
  options: [
    {
      flags: "--forge <forge>",
      text: "whose folder; without it the one that is there, else github",
      choices: ["github", "gitea"],
    },
  ],
  examples: [
    { line: "dayfly init", says: "writes .github/workflows/first.yml" },
    { line: "dayfly init --forge gitea", says: "writes .gitea/workflows/first.yml" },
  ],
  load: async () => writeFirstWorkflow,
};

const firstWorkflow = `# One workflow: when it starts, and the jobs that it starts. \`dayfly explain\` says what a push would do.
name: first
on:
  push:
    branches: ["**"]
    paths-ignore: ["docs/**", "*.md"]

jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        part: [unit, integration]
    steps:
      - uses: actions/checkout@v4
      - run: echo "testing \${{ matrix.part }} of $GITHUB_SHA"

  package:
    needs: test
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - run: git log -1 --format='%h %s'
`;

async function writeFirstWorkflow({ folder, options, terminal }: Call): Promise<ExitCode> {
  const top = topFolder(folder);
  const forge = options.forge ?? (existsSync(join(top, ".gitea")) ? "gitea" : "github");
  const file = join(top, `.${forge}`, "workflows", "first.yml");
  const name = relative(folder, file);
  try {
    await mkdir(dirname(file), { recursive: true });
    // The flag lets no other program slip a file in between.
    await writeFile(file, firstWorkflow, { flag: "wx" });
  } catch (error) {
    throw notWritten(name, error);
  }
  terminal.print(`created ${name}`);
  terminal.say("Next: `git add` and `git commit` it, then `dayfly explain` says what a push of that commit starts.");
  return 0;
}

/** Of the checkout; outside of one the folder itself. */
function topFolder(folder: string, start = folder): string {
  if (existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? start : topFolder(dirname(folder), start);
}

const cannot: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  EEXIST: { what: "there is a first workflow already", remedy: "It stays as it is. Edit it, or move it away first." },
  ENOTDIR: { what: "a file stands where a folder has to be", remedy: "Move it away, or call this in another folder." },
  EACCES: {
    what: "the workflow cannot be written here",
    remedy: "Make the folder writable, or call this in another one.",
  },
  EROFS: { what: "the workflow cannot be written here", remedy: "The disk is read-only: call this in another folder." },
};

function notWritten(name: string, error: unknown): unknown {
  const known = cannot[errorCode(error) ?? ""];
  return known ? new CommandError(known.what, { where: name, remedy: known.remedy, exitCode: 2, cause: error }) : error;
}
