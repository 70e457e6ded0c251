import { proveMatrix } from "../contracts/contract.ts";
import { localStore } from "../contracts/local-benches.ts";
import { memoryStore } from "../contracts/memory-benches.ts";
import { storeContracts } from "../contracts/store-bench.ts";
import { testTable } from "./dynamo-table.ts";

storeContracts("memory", memoryStore);
storeContracts("local", localStore);
storeContracts("dynamodb", async () => {
  const { store, close } = await testTable();
  return { ...store, records: store.machineRecords, close };
});

const stores = ["memory", "local", "dynamodb"];
proveMatrix({
  runs: stores,
  "machine-records": stores,
  launches: stores,
  adoptions: stores,
  journal: stores,
  deploys: stores,
  tokens: stores,
});
