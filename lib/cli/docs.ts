import { type Call, CommandError, type CommandSpec, type ExitCode } from "./command.ts";

/** `dayfly docs`: the reference in the terminal. */
export const docs: CommandSpec = {
  name: "docs",
  summary: "Print the reference: every command, or one of them",
  operands: [{ name: "[command...]", text: "a command, such as `runs show`; all of them without it" }],
  examples: [
    { line: "dayfly docs", says: "everything, as Markdown" },
    { line: "dayfly docs runs show", says: "one command" },
  ],
  load: async () => printReference,
};

async function printReference({ commands, operands, terminal }: Call): Promise<ExitCode> {
  const { commandReference, section } = await import("./reference.ts");
  const name = operands.join(" ");
  if (name === "") {
    terminal.print(commandReference(commands).trimEnd());
    return 0;
  }
  const found = commands.filter((spec) => spec.name === name || spec.name.startsWith(`${name} `));
  if (found.length === 0) {
    const names = commands.map((spec) => spec.name).join(", ");
    throw new CommandError(`there is no command "${name}"`, {
      where: `dayfly docs ${name}`,
      remedy: `The commands are: ${names}.`,
      exitCode: 2,
    });
  }
  terminal.print(found.flatMap(section).join("\n").trim());
  return 0;
}
