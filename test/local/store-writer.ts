import { writeSync } from "node:fs";
import { openStore } from "../../lib/local/store/store.ts";
import { bootingRun, claimedMachine, queuedRun, wakeMessage } from "../contracts/samples.ts";
import { memoryLog } from "../world/memory-log.ts";

/**
 * Writes run after run into a store and prints the number of each once every write of it is acknowledged.
 *
 * argv: path of the store, how many (0: until killed), name of this writer
 */
const [path = "", count = "0", name = ""] = process.argv.slice(2);
const store = openStore({ path, mode: "write", clock: { now: Date.now }, log: memoryLog() });

for (let n = 0; count === "0" || n < Number(count); n++) {
  const key = `run-${n}`;
  const created = await store.runs.create(queuedRun({ key, sha: name }));
  const machine = claimedMachine({ instanceId: `i-${n}`, runKey: key, runnerName: key, tokenHash: key });
  const claimed = await store.machineRecords.claim({ ...machine, bootId: name }, bootingRun({ key, sha: name }), 1);
  await store.queue.send(wakeMessage(key));
  writeSync(1, `${key} ${created} ${claimed}\n`);
}
store.close();
