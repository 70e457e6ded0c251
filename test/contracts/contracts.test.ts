import { ec2MachinesBench } from "./ec2-machines-bench.ts";
import { localMachinesBench } from "./local-machines-bench.ts";
import { machinesContract } from "./machines-contract.ts";
import { memoryMachinesBench, memoryQueueBench, memoryStore } from "./memory-benches.ts";
import { queueContract } from "./queue-contract.ts";
import { sqsQueueBench } from "./sqs-queue-bench.ts";
import { storeContracts } from "./store-bench.ts";

storeContracts("memory", memoryStore);
queueContract("memory", memoryQueueBench);
machinesContract("memory", memoryMachinesBench);
machinesContract("local", localMachinesBench);
machinesContract("ec2", ec2MachinesBench);
queueContract("sqs", sqsQueueBench);
