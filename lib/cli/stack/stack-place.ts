import { type Call, CommandError, type Option } from "../command.ts";
import type { ReadWorld, StackPlace } from "../read-world.ts";
import { stateFolder } from "../state-folder.ts";

export const stackOptions: readonly Option[] = [
  { flags: "--stack <name>", text: "of this stack on AWS instead, read with your own AWS credentials" },
  { flags: "--table <name>", text: "the same, by the name of its table" },
  { flags: "--region <region>", text: "with --stack or --table; without it the one of your AWS settings" },
];

/** Of commands that ask the deploy API: whoever may invoke its function is its administrator. */
export const administratorOptions: readonly Option[] = [
  { flags: "--stack <name>", text: "of this stack on AWS, as its administrator: with your own AWS credentials" },
  { flags: "--region <region>", text: "with --stack; without it the one of your AWS settings" },
];

/** As AWS allows them: whatever else stands there can only be a slip, and would travel in an address. */
const wellFormed = {
  stack: { as: /^[A-Za-z][A-Za-z0-9-]{0,127}$/, such: "dayfly" },
  table: { as: /^[A-Za-z0-9_.-]{3,255}$/, such: "dayfly-RunsTable0ABC-1DEF" },
  region: { as: /^[a-z]{2,4}(?:-[a-z]+)+-\d$/, such: "eu-central-1" },
} as const;

/** Undefined where the person asks for no stack. */
export function stackPlace(options: Call["options"]): StackPlace | undefined {
  const { stack, table, region } = options;
  for (const [name, { as, such }] of Object.entries(wellFormed)) {
    const given = options[name];
    if (typeof given === "string" && !as.test(given)) refuse(name, given, such);
  }
  const place = {
    ...(typeof stack === "string" && { stack }),
    ...(typeof table === "string" && { table }),
    ...(typeof region === "string" && { region }),
  };
  if (stack !== undefined || table !== undefined) return place;
  if (region === undefined) return undefined;
  throw new CommandError("--region says where a stack is, but none is named", {
    where: `--region ${region}`,
    remedy: "Name it with --stack, such as --stack dayfly.",
    exitCode: 2,
  });
}

function refuse(name: string, given: string, such: string): never {
  throw new CommandError(`${JSON.stringify(given)} is no ${name}`, {
    where: `--${name}`,
    remedy: `Write it as AWS does, such as --${name} ${such}.`,
    exitCode: 2,
  });
}

/** The stack on AWS that the person names, else the world of this computer. */
export async function openRead(call: Call): Promise<ReadWorld> {
  const place = stackPlace(call.options);
  return place ? call.openStack(place) : call.openWorld(stateFolder(call), "read");
}
