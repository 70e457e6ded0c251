/** Calls of each step of a push by `service operation`; `npm run test:aws` counts them into bench/aws-calls.json. */
export type Calls = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** List prices in USD (bench/aws-prices.json). */
export interface Prices {
  readonly date: string;
  readonly region: string;
  /** Whose price, on which of AWS's pages it stands, and what it was compared with on `date`. */
  readonly sources: readonly { readonly what: string; readonly page: string; readonly comparedWith: string }[];
  readonly lambdaRequest: number;
  readonly lambdaGbSecond: number;
  readonly httpRequest: number;
  readonly sqsRequest: number;
  readonly dynamoRead: number;
  readonly dynamoWrite: number;
  readonly backupGb: number;
  readonly logGb: number;
  readonly alarm: number;
  readonly metric: number;
  readonly dashboard: number;
  readonly snapshotGb: number;
  readonly machineHour: number;
  readonly spotShare: number;
  readonly diskGbMonth: number;
  readonly addressHour: number;
  readonly free: Readonly<
    Record<"alarms" | "metrics" | "dashboards" | "sqsRequests" | "lambdaRequests" | "lambdaGbSeconds" | "logGb", number>
  >;
}

/** What is not counted but taken for granted; the page lists all of it. */
const assumed = {
  jobMinutes: 10,
  bootMinutes: 1,
  diskGb: 30,
  /** A row of 1 to 2 KB, and its places in two indexes. */
  writesPerPut: 6,
  readsPerCall: 1,
  /** Billed time waits for AWS and the forge; our own share is some milliseconds (docs/benchmarks.md). */
  webhookGbSeconds: 0.25 * 0.05,
  behindGbSeconds: 0.5 * 0.25,
  sweepGbSeconds: 0.5 * 1,
  sweepsPerMonth: 8640,
  pollsPerMonth: 650_000,
  logKbPerPush: 15,
  logKbPerSweep: 1,
  snapshotGb: 8,
  /** Ended rows expire. */
  tableGb: 0.1,
  alarms: 8,
  metrics: 9,
  dashboards: 1,
};

/** Steps that a job's push goes through, the webhooks among them, the runner API's calls, and functions started. */
const steps = ["push", "launch", "claim", "begin", "end", "exit", "notice"] as const;
const webhooks = 4;
const runnerCalls = 3;

interface Item {
  readonly what: string;
  readonly usd: number;
}

/** One push with one job: everything but its machine. */
export function controlPlaneOf(calls: Calls, prices: Prices): readonly Item[] {
  const count = (wanted: RegExp) => steps.reduce((sum, step) => sum + counted(calls[step], wanted), 0);
  const messages = count(/^sqs SendMessage$/);
  // A message starts the dispatcher, and so does each of EC2's two notices.
  const behind = messages + 2 + runnerCalls;
  const gbSeconds = webhooks * assumed.webhookGbSeconds + behind * assumed.behindGbSeconds;
  const writes = (count(/^dynamodb PutItem$/) + 4 * count(/^dynamodb Transact/)) * assumed.writesPerPut;
  const reads = count(/^dynamodb (GetItem|Query|BatchGetItem)$/) * assumed.readsPerCall;
  return [
    {
      what: `Lambda: ${webhooks + behind} starts`,
      usd: (webhooks + behind) * prices.lambdaRequest + gbSeconds * prices.lambdaGbSecond,
    },
    { what: `HTTP API: ${webhooks + runnerCalls} requests`, usd: (webhooks + runnerCalls) * prices.httpRequest },
    { what: `SQS: ${messages} messages, sent, received and deleted`, usd: 3 * messages * prices.sqsRequest },
    {
      what: `DynamoDB: ${writes} write units, ${reads} read units`,
      usd: writes * prices.dynamoWrite + reads * prices.dynamoRead,
    },
    { what: `Logs: ${assumed.logKbPerPush} KB`, usd: (assumed.logKbPerPush / 1e6) * prices.logGb },
  ];
}

function counted(step: Calls[string] | undefined, wanted: RegExp): number {
  return Object.entries(step ?? {}).reduce((sum, [name, times]) => (wanted.test(name) ? sum + times : sum), 0);
}

/** The machine of one job, with its disk and its address. */
export function machineOf(prices: Prices, market: "spot" | "on-demand"): readonly Item[] {
  const hours = (assumed.jobMinutes + assumed.bootMinutes) / 60;
  return [
    { what: `c7g.large, ${market}`, usd: hours * prices.machineHour * (market === "spot" ? prices.spotShare : 1) },
    { what: `${assumed.diskGb} GB of disk`, usd: (hours / 730) * assumed.diskGb * prices.diskGbMonth },
    { what: "public IPv4 address", usd: hours * prices.addressHour },
  ];
}

interface Resting extends Item {
  /** After what AWS gives every account for ever. */
  readonly paid: number;
}

/** A month in which nothing is pushed. */
export function atRest(calls: Calls, prices: Prices): readonly Resting[] {
  const { sweepsPerMonth: sweeps } = assumed;
  const seconds = sweeps * assumed.sweepGbSeconds;
  const reads = sweeps * counted(calls["an idle sweep"], /^dynamodb (GetItem|Query)$/);
  const always = (item: Item): Resting => ({ ...item, paid: item.usd });
  const given = (what: string, used: number, price: number, free: number): Resting => {
    return { what, usd: used * price, paid: Math.max(0, used - free) * price };
  };
  const { free } = prices;
  return [
    given(`the sweep: ${sweeps} starts`, sweeps, prices.lambdaRequest, free.lambdaRequests),
    given(`the sweep: ${seconds} GB-seconds`, seconds, prices.lambdaGbSecond, free.lambdaGbSeconds),
    always({ what: `DynamoDB: ${reads} read units`, usd: reads * prices.dynamoRead }),
    always({
      what: `DynamoDB: backups of ${assumed.tableGb * 1000} MB`,
      usd: assumed.tableGb * prices.backupGb,
    }),
    given(
      "SQS: Lambda's polling, some 650,000 requests",
      assumed.pollsPerMonth + sweeps,
      prices.sqsRequest,
      free.sqsRequests,
    ),
    given("logs", (sweeps * assumed.logKbPerSweep) / 1e6, prices.logGb, free.logGb),
    given(`${assumed.alarms} alarms`, assumed.alarms, prices.alarm, free.alarms),
    given(`${assumed.metrics} metrics of our own`, assumed.metrics, prices.metric, free.metrics),
    given("1 dashboard", assumed.dashboards, prices.dashboard, free.dashboards),
    always({
      what: `two images of ours: ${assumed.snapshotGb} GB of snapshots`,
      usd: assumed.snapshotGb * prices.snapshotGb,
    }),
  ];
}

export function costPage(calls: Calls, prices: Prices): string {
  const control = controlPlaneOf(calls, prices);
  const spot = machineOf(prices, "spot");
  const onDemand = machineOf(prices, "on-demand");
  const resting = atRest(calls, prices);
  const months = [5, 100, 10_000].map((pushes) => {
    const times = pushes * 30;
    const cells = [total(control), total(spot), total(onDemand)].map((usd) => dollars(usd * times));
    return `| ${pushes.toLocaleString("en-US")} | ${cells.join(" | ")} | ${dollars(total(control) * times + total(spot) * times + paid(resting))} |`;
  });
  return `# What it costs

Written by \`node scripts/run.mjs bench/costs.ts\`, from the calls that \`npm run test:aws\` counts (\`bench/aws-calls.json\`) and AWS's list prices of
${prices.region} (\`bench/aws-prices.json\`, compared on ${prices.date} with what the last table names). A test keeps this page as they say. No bill has been seen: nothing of this ran on an account.

## 1,000 pushes

Each with one job, from its delivery to its end. The machine comes on top.

| what | USD |
|---|---|
${rows(control, 1000)}
| **without machines** | **${dollars(total(control) * 1000)}** |
${rows(spot, 1000)}
| **with Spot machines** | **${dollars((total(control) + total(spot)) * 1000)}** |

## A month

| pushes a day | control plane | machines, Spot | machines, On-Demand | together, Spot, with what rests |
|---|---|---|---|---|
${months.join("\n")}

1-24: the goal is USD 2 to 3 a month at five jobs of ten minutes a day.

## At rest

No machine, address, gateway, key or secret is billed. The second column is after what AWS gives every account without an end.

| what | list price | paid |
|---|---|---|
${resting.map(({ what, usd, paid: due }) => `| ${what} | ${dollars(usd)} | ${dollars(due)} |`).join("\n")}
| **a month** | **${dollars(total(resting))}** | **${dollars(paid(resting))}** |

## Taken for granted

- A job takes ${assumed.jobMinutes} minutes, its machine ${assumed.bootMinutes} more, with ${assumed.diskGb} GB of disk and one public address. Spot costs ${Math.round(prices.spotShare * 100)} % of On-Demand in the long run.
- A write is counted as ${assumed.writesPerPut} units: a row of up to 2 KB and its places in two indexes. A transaction counts twice, for two rows.
- A function behind the door is billed ${Math.round((assumed.behindGbSeconds / 0.5) * 1000)} ms at 512 MB, the webhook's ${Math.round((assumed.webhookGbSeconds / 0.25) * 1000)} ms at 256 MB, a sweep one second: most of it is waiting for others.
- Traffic to the internet, the forge's own costs and what jobs store are not in it.

## The prices

AWS's pages fill their figures in while they are looked at, so most could not be read there; each was compared with who has copied it. None differed.

| whose | AWS's page | compared on ${prices.date} with |
|---|---|---|
${prices.sources.map(({ what, page, comparedWith }) => `| ${what} | ${page} | ${comparedWith} |`).join("\n")}
`;
}

function rows(items: readonly Item[], times: number): string {
  return items.map(({ what, usd }) => `| ${what} | ${dollars(usd * times)} |`).join("\n");
}

function total(items: readonly Item[]): number {
  return items.reduce((sum, { usd }) => sum + usd, 0);
}

function paid(items: readonly Resting[]): number {
  return items.reduce((sum, item) => sum + item.paid, 0);
}

function dollars(usd: number): string {
  if (usd === 0) return "0";
  return usd < 0.995
    ? usd.toFixed(3)
    : usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
