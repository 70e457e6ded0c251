import { Command, CommanderError, Option as CommanderOption } from "commander";
import { distance } from "fastest-levenshtein";
import type { Call, CommandSpec, ExitCode, Option } from "./command.ts";
import { CommandError } from "./command.ts";
import { explainFailure } from "./failure.ts";
import { groups } from "./groups.ts";

type Surroundings = Omit<Call, "operands" | "options" | "commands">;

/** Runs one command line of these commands to its end and says how it ended; failures are already told on stderr. */
export async function run(
  argv: readonly string[],
  surroundings: Surroundings,
  commands: readonly CommandSpec[],
): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const root = program(surroundings, commands, (code) => {
    exitCode = code;
  });
  try {
    await root.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.help") return 2;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return explainFailure(
      error instanceof CommanderError ? usage(error, argv, commands) : error,
      surroundings.terminal,
    );
  }
}

/** The command tree, made from the declarations. */
function program(
  surroundings: Surroundings,
  commands: readonly CommandSpec[],
  ended: (code: ExitCode) => void,
): Command {
  const { terminal } = surroundings;
  const root = new Command("dayfly")
    .description("A push becomes finished CI jobs, on machines that live for one job.")
    .helpCommand(false)
    // `runs` and `runs show` both have --json: it belongs to the word before it.
    .enablePositionalOptions()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.print(text.replace(/\n$/, "")),
      writeErr: (text) => terminal.say(text.replace(/\n$/, "")),
      outputError: () => {},
    })
    .exitOverride()
    .addHelpText("after", "\n`dayfly <command> --help` has options and examples; `dayfly docs` has the reference.");
  for (const spec of commands) add(root, spec, { ...surroundings, commands }, ended);
  return root;
}

function add(
  root: Command,
  spec: CommandSpec,
  surroundings: Omit<Call, "operands" | "options">,
  ended: (code: ExitCode) => void,
): void {
  const words = spec.name.split(" ");
  const last = words.pop() ?? spec.name;
  const parent = words.reduce(
    (at, word) => at.commands.find((child) => child.name() === word) ?? group(at, word),
    root,
  );
  const command = parent.command(last).copyInheritedSettings(parent);
  command.summary(spec.summary).description([spec.summary, ...(spec.details ?? [])].join("\n"));
  for (const { name, text } of spec.operands ?? []) command.argument(name, text);
  for (const option of spec.options ?? []) command.addOption(commanderOption(option));
  command.addHelpText("after", examplesOf(spec));
  command.action(async () => {
    const start = await spec.load();
    ended(await start({ ...surroundings, operands: command.args, options: command.opts() }));
  });
}

/** `hooks` of `hooks add`: called alone it lists what there is. */
function group(above: Command, name: string): Command {
  return above
    .command(name)
    .copyInheritedSettings(above)
    .summary(groups[name] ?? "");
}

function commanderOption({ flags, text, choices, repeat, fallback }: Option): CommanderOption {
  const option = new CommanderOption(flags, text);
  if (choices) option.choices(choices);
  if (fallback !== undefined) option.default(fallback);
  if (repeat) option.default([], "none").argParser((value, before: readonly string[]) => [...before, value]);
  return option;
}

function examplesOf({ examples }: CommandSpec): string {
  if (examples.length === 0) return "";
  const width = Math.max(...examples.map(({ line }) => line.length));
  return `\nExamples:\n${examples.map(({ line, says }) => `  ${line.padEnd(width)}  ${says}`).join("\n")}`;
}

/** `error: unknown option '--jso'\n(Did you mean --json?)` → what, where, what to do. */
function usage(error: CommanderError, argv: readonly string[], commands: readonly CommandSpec[]): CommandError {
  const [what = "", hint = ""] = error.message.replace(/^error: /, "").split("\n");
  const known = commands.filter(({ name }) => `${argv.join(" ")} `.startsWith(`${name} `)).at(-1)?.name;
  const help = `dayfly ${known === undefined ? "" : `${known} `}--help`;
  const nearest =
    /Did you mean (?:one of )?(.*)\?\)/.exec(hint)?.[1] ?? nearestSubcommand(error, known, argv, commands);
  return new CommandError(what, {
    where: `dayfly ${argv.join(" ")}`,
    remedy: nearest ? `Did you mean ${nearest}? \`${help}\` lists what there is.` : `\`${help}\` lists what there is.`,
    exitCode: 2,
  });
}

/** `runs shwo`: a command that takes no operands got one, which may be meant for a subcommand. */
function nearestSubcommand(
  error: CommanderError,
  known: string | undefined,
  argv: readonly string[],
  commands: readonly CommandSpec[],
): string | undefined {
  if (error.code !== "commander.excessArguments" || known === undefined) return undefined;
  const word = argv[known.split(" ").length] ?? "";
  const subcommands = commands.flatMap(({ name }) =>
    name.startsWith(`${known} `) ? [name.slice(known.length + 1)] : [],
  );
  return subcommands.find((name) => distance(name, word) <= 2);
}
