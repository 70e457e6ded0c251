import { localBundlesBench, memoryBundlesBench, s3BundlesBench } from "./bundles-benches.ts";
import { bundlesContract } from "./bundles-contract.ts";
import { proveMatrix } from "./contract.ts";
import { ec2MachinesBench } from "./ec2-machines-bench.ts";
import { localQueueBench, localStore } from "./local-benches.ts";
import { localMachinesBench } from "./local-machines-bench.ts";
import { machinesContract } from "./machines-contract.ts";
import { memoryMachinesBench, memoryQueueBench, memoryStore } from "./memory-benches.ts";
import { queueContract } from "./queue-contract.ts";
import { sqsQueueBench } from "./sqs-queue-bench.ts";
import { storeContracts } from "./store-bench.ts";

storeContracts("memory", memoryStore);
storeContracts("local", localStore);
queueContract("memory", memoryQueueBench);
queueContract("local", localQueueBench);
queueContract("sqs", sqsQueueBench);
machinesContract("memory", memoryMachinesBench);
machinesContract("local", localMachinesBench);
machinesContract("ec2", ec2MachinesBench);
bundlesContract("memory", memoryBundlesBench);
bundlesContract("local", localBundlesBench);
bundlesContract("s3", s3BundlesBench, [
  {
    promise: "an address is of our grammar, whatever the place is called",
    reason: "the server of this test has no https; test/aws/bundles.test.ts looks at a bucket's own address",
  },
]);

const stores = ["memory", "local"];
proveMatrix({
  runs: stores,
  "machine-records": stores,
  launches: stores,
  adoptions: stores,
  journal: stores,
  deploys: stores,
  tokens: stores,
  queue: ["memory", "local", "sqs"],
  machines: ["memory", "local", "ec2"],
  bundles: ["memory", "local", "s3"],
});
