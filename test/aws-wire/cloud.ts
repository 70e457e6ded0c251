import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Computer, switchOn } from "../fakes/computer/computer.ts";
import { type MetadataService, metadataService } from "../fakes/computer/metadata-service.ts";
import { type Ec2Account, ec2Account, type FakeMachine } from "../fakes/ec2/account.ts";
import { type Ec2Server, ec2Server } from "../fakes/ec2/ec2-server.ts";
import { type Gateway, httpGateway } from "../fakes/gateway/gateway.ts";
import { type Identities, identities } from "../fakes/gateway/identities.ts";
import { ownCertificate } from "../fakes/s3/certificate.ts";
import { type S3Server, s3Server } from "../fakes/s3/server.ts";
import { type SqsServer, sqsServer } from "../fakes/sqs-server.ts";
import { type FakeNode, type SsmAccount, ssmAccount } from "../fakes/ssm/account.ts";
import { ssmWire } from "../fakes/ssm/server.ts";
import { type SsmServer, ssmServer } from "../fakes/ssm-server.ts";
import { type StsServer, stsServer } from "../fakes/sts-server.ts";
import { allows } from "../stack/policy.ts";
import { type Deployed, deployed } from "./deployed.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";
import { eventBus } from "./event-bus.ts";
import { type FunctionPool, functionPool } from "./function-pool.ts";
import { lambdaPoller } from "./lambda-poller.ts";
import { missingRight } from "./rights.ts";
import { region } from "./template-values.ts";
import { until } from "./until.ts";
import { type WireTap, wireTap } from "./wire-tap.ts";

/** One AWS account with our stack in it, as the template says, in real time. */
export interface Cloud {
  readonly account: Ec2Account;
  readonly ec2: Ec2Server;
  readonly sqs: SqsServer;
  readonly ssm: SsmServer;
  /** Commands to targets. */
  readonly commands: SsmAccount;
  readonly sts: StsServer;
  /** Bundles; whoever shall believe its address is told of this certificate. */
  readonly s3: S3Server & { readonly certificate: string };
  readonly table: TestTable;
  readonly gateway: Gateway;
  readonly identities: Identities;
  readonly deployed: Deployed;
  /** What the functions call, in order. */
  readonly tap: WireTap;
  /** Settles once every message has been handled. */
  idle(): Promise<void>;
  /** Settles once nobody is at work and no message can be seen. */
  quiet(): Promise<void>;
  /** Ends one container of a function, by the name that its calls have on the wire. */
  kill(container: string): void;
  /** Machines that were switched on, by instance id. */
  readonly computers: ReadonlyMap<string, StartedComputer>;
  /** EC2 says, to the machine and to EventBridge, that it takes it back, and does so two minutes later. */
  interrupt(instanceId: string): void;
  /** EC2 says so of a machine that is more likely than others to be taken back. */
  rebalance(instanceId: string): void;
  /** Minutes pass, as functions, queue and EC2 see it; the machines' own processes live on in real time. */
  later(minutes: number): void;
  /** The clock's rule fires. */
  sweep(): Promise<unknown>;
  /** Everything that any function has written. */
  logs(): string;
  close(): Promise<void>;
}

export interface StartedComputer {
  readonly computer: Computer;
  readonly metadata: MetadataService;
}

export interface CloudOptions {
  /** dayfly.yaml */
  readonly config: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Variables of a machine's processes, as its image could hold them, by how many were switched on before it. */
  readonly machineVariables?: (before: number) => Readonly<Record<string, string>>;
  /** Targets with an agent. */
  readonly nodes?: readonly FakeNode[];
  /** Instead of switching a machine on: the test speaks for it. */
  readonly played?: boolean;
}

const realClock = { now: Date.now };
/** As whom every function calls: DynamoDB Local keeps the tables of each access key and region apart. */
const signer = {
  accessKeyId: "test",
  secretAccessKey: "test",
  arn: "arn:aws:sts::123456789012:assumed-role/function/function",
  expiresAt: Number.MAX_SAFE_INTEGER,
};
const takeBackMs = 120_000;

export async function cloud(options: CloudOptions): Promise<Cloud> {
  let passed = 0;
  const clock = { now: () => Date.now() + passed };
  const outdir = mkdtempSync(join(tmpdir(), "dayfly-cloud-"));
  const stack = deployed(options.config, outdir);
  const table = await testTable({ clock, region });
  const account = ec2Account(clock);
  const ec2 = await ec2Server(account);
  const sqs = await sqsServer(clock, stack.queue);
  const ssm = await ssmServer(options.parameters);
  const sts = await stsServer();
  const certificate = ownCertificate();
  const commands = ssmAccount(stack.documents, clock);
  for (const node of options.nodes ?? []) commands.nodes.set(node.id, node);
  const runCommand = await ssmWire(commands, clock);
  const agents = setInterval(() => void commands.deliver(), 100);
  const keys = identities(realClock);
  const refs = { queueUrl: sqs.queueUrl, deadLetterUrl: sqs.deadLetterUrl, tableName: table.name };
  const rights = new Map(stack.functions(refs).map(({ id }) => [id, stack.rightsOf(id, refs)]));
  const named = stack.resources(refs);
  // A container's session is named after its function, so a signed address too is judged by that function's role.
  const roleOf = (sessionToken: string) => rights.get(sessionToken.split("/")[0] ?? "");
  const s3 = await s3Server({
    region,
    identity: (sessionToken) => (roleOf(sessionToken) ? { ...signer, sessionToken } : undefined),
    allows: ({ sessionToken }, call) => allows(roleOf(sessionToken) ?? [], call),
    clock,
    tls: certificate,
  });
  const tap = await wireTap(
    {
      dynamodb: dynamoEndpoint(),
      ec2: ec2.url,
      sqs: sqs.url,
      sts: sts.url,
      ssm: (operation) => (operation.includes("Command") ? runCommand.url : ssm.url),
    },
    (caller, made, body) => missingRight(rights.get(caller) ?? [], made, body, named),
  );
  const pools = new Map<string, FunctionPool>();
  for (const { id, variables, ...code } of stack.functions(refs)) {
    const addresses = {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: signer.accessKeyId,
      AWS_SECRET_ACCESS_KEY: signer.secretAccessKey,
      // The path tells who calls: each call is judged by the policies of that function's role.
      AWS_ENDPOINT_URL_SQS: `${tap.urls.sqs}/${id}`,
      AWS_ENDPOINT_URL_SSM: `${tap.urls.ssm}/${id}`,
      AWS_ENDPOINT_URL_STS: `${tap.urls.sts}/${id}`,
      AWS_ENDPOINT_URL_EC2: `${tap.urls.ec2}/${id}`,
      AWS_ENDPOINT_URL_DYNAMODB: `${tap.urls.dynamodb}/${id}`,
      AWS_ENDPOINT_URL_S3: s3.url,
      NODE_EXTRA_CA_CERTS: certificate.file,
    };
    pools.set(
      id,
      functionPool({ id, ...code, variables: { ...variables, ...addresses }, atMost: stack.concurrency, clock }),
    );
  }
  const call = <T>(id: string, event: unknown): Promise<T> => {
    const pool = pools.get(id);
    if (!pool) throw new Error(`no function ${id}`);
    return pool.invoke<T>(event);
  };

  const gateway = await httpGateway({
    routes: stack.routes.map(({ function: id, ...route }) => ({ ...route, invoke: (event) => call(id, event) })),
    region,
    apiId: "abcdefghij",
    clock: realClock,
    identities: keys,
    allows: (identity, resource) => isAdministrator(identity.arn) || stack.allows(identity, resource),
  });
  const computers = new Map<string, StartedComputer>();
  const takings: NodeJS.Timeout[] = [];
  const announce = (id: string, path: string, word: object) =>
    computers.get(id)?.metadata.values.set(path, JSON.stringify(word));
  const doings: Promise<unknown>[] = [];
  const doing = (what: Promise<unknown>) => void doings.push(what.catch(() => undefined));

  async function boot(machine: FakeMachine): Promise<void> {
    const metadata = await metadataService(stack.runnerRole, keys.assume(stack.runnerRole, machine.id), realClock);
    const computer = switchOn({
      userData: stack.userData(refs, gateway.url),
      metadata: metadata.url,
      bootId: randomUUID(),
      variables: { NODE_EXTRA_CA_CERTS: certificate.file, ...options.machineVariables?.(computers.size) },
    });
    computers.set(machine.id, { computer, metadata });
    await computer.off;
    account.powerOff(machine.id);
  }

  const bus = eventBus(stack.rules, (id, event) => doing(call(id, event)));
  if (!options.played) account.onStart = (machine) => doing(boot(machine));
  account.onEnd = (machine) => {
    computers.get(machine.id)?.computer.pull();
    bus.ended(machine.id);
  };
  const poller = lambdaPoller(sqs, stack, (event) => call(stack.consumer, event));

  return {
    account,
    ec2,
    sqs,
    ssm,
    commands,
    sts,
    s3: Object.assign(s3, { certificate: certificate.file }),
    table,
    gateway,
    identities: keys,
    deployed: stack,
    tap,
    async idle() {
      await Promise.all(doings.splice(0));
      await until(
        () => sqs.size(sqs.queueUrl),
        (waiting) => waiting === 0,
        120_000,
      );
    },
    async quiet() {
      const atWork = () => sqs.visible(sqs.queueUrl) + [...pools.values()].reduce((sum, pool) => sum + pool.busy(), 0);
      await until(atWork, (count) => count === 0);
    },
    kill: (container) => pools.get(container.split("/")[0] ?? "")?.kill(container),
    computers,
    interrupt(instanceId) {
      const time = new Date(clock.now() + takeBackMs).toISOString();
      announce(instanceId, "spot/instance-action", { action: "terminate", time });
      bus.interruption(instanceId);
      takings.push(setTimeout(() => account.powerOff(instanceId), takeBackMs));
    },
    rebalance(instanceId) {
      announce(instanceId, "events/recommendations/rebalance", { noticeTime: new Date(clock.now()).toISOString() });
      bus.rebalance(instanceId);
    },
    later(minutes) {
      passed += minutes * 60_000;
    },
    async sweep() {
      const rule = stack.rules.find(({ input }) => input !== undefined);
      return rule && call(rule.function, JSON.parse(rule.input ?? ""));
    },
    logs: () => [...pools.values()].map((pool) => pool.logs()).join(""),
    async close() {
      for (const taking of takings) clearTimeout(taking);
      clearInterval(agents);
      await poller.stop();
      for (const { computer, metadata } of computers.values()) {
        computer.pull();
        await metadata.close();
      }
      await Promise.all(doings);
      for (const pool of pools.values()) pool.close();
      for (const { computer } of computers.values()) computer.remove();
      await Promise.all([tap.close(), gateway.close(), ec2.close(), sqs.close(), table.close()]);
      await Promise.all([ssm.close(), sts.close(), runCommand.close(), s3.close()]);
      certificate.remove();
      rmSync(outdir, { recursive: true, force: true });
    },
  };
}

/** Somebody of the account who may call everything: the gateway lets him in, the function must not take him for a machine. */
function isAdministrator(arn: string): boolean {
  return arn.includes(":assumed-role/Administrator/");
}
