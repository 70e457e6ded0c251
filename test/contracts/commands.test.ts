import { localCommandsBench, memoryCommandsBench, ssmCommandsBench } from "./commands-benches.ts";
import { backInTime, backTooLate, commandsContract, lostAnswer, undelivered } from "./commands-contract.ts";
import { proveMatrix } from "./contract.ts";

// The real deployctl starts many programs for a deploy, on a computer that may be busy.
const begins = "a process of this computer begins with its send, and its sender hears so";

commandsContract("memory", memoryCommandsBench);
commandsContract(
  "local",
  localCommandsBench,
  [undelivered, backInTime, backTooLate, lostAnswer].map((promise) => ({ promise, reason: begins })),
);
commandsContract("ssm", ssmCommandsBench);

proveMatrix({ commands: ["memory", "local", "ssm"] });
