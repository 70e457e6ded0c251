import { supervise } from "./supervisor/supervise.ts";

/**
 * The program that watches one machine of this computer, in a process of its own: it outlives the dispatcher that started it.
 *
 * in:  the machine's folder as its only argument
 * out: the machine's log and end, in that folder
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: supervisor <folder of the machine>\n");
  process.exitCode = 2;
} else {
  await supervise(folder);
  // A job's leftovers may hold pipes open; the machine is over.
  process.exit(0);
}
