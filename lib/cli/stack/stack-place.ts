import { type Call, CommandError, type Option } from "../command.ts";
import type { ReadWorld, StackPlace } from "../read-world.ts";
import { stateFolder } from "../state-folder.ts";

export const stackOptions: readonly Option[] = [
  { flags: "--stack <name>", text: "of this stack on AWS instead, read with your own AWS credentials" },
  { flags: "--table <name>", text: "the same, by the name of its table" },
  { flags: "--region <region>", text: "with --stack or --table; without it the one of your AWS settings" },
];

/** Undefined where the person asks for no stack. */
export function stackPlace(options: Call["options"]): StackPlace | undefined {
  const { stack, table, region } = options;
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

/** The stack on AWS that the person names, else the world of this computer. */
export async function openRead(call: Call): Promise<ReadWorld> {
  const place = stackPlace(call.options);
  return place ? call.openStack(place) : call.openWorld(stateFolder(call), "read");
}
