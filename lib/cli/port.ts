import { CommandError } from "./command.ts";

/** A port that the person gave with --port; 0 is any free one. */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CommandError(`"${text}" is no port`, {
    where: "--port",
    remedy: "Give a number from 1 to 65535, or 0 for any free one.",
    exitCode: 2,
  });
}
