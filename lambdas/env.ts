/**
 * Every environment variable of every function, and how its value is read: undefined where it is wrong. The stack sets exactly those of
 * `WebhookEnv`, `ControlEnv` and `RunnerApiEnv` (lib/stack checks by type that none is forgotten); the platform itself sets the others.
 *
 * Plain functions, not zod: its shapes would be a third of the webhook's start.
 */
const readers = {
  AWS_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
  /** Folder of the bundle and of config.json. */
  LAMBDA_TASK_ROOT: text,
  /** Other addresses of services, as the SDK knows them too. */
  AWS_ENDPOINT_URL_SQS: address,
  AWS_ENDPOINT_URL_SSM: address,
  AWS_ENDPOINT_URL_EC2: address,
  AWS_ENDPOINT_URL_DYNAMODB: address,
  AWS_ENDPOINT_URL_STS: address,
  AWS_ENDPOINT_URL_S3: address,
  QUEUE_URL: address,
  DEAD_LETTER_URL: address,
  TABLE_NAME: text,
  STACK_NAME: text,
  SUBNETS: list,
  TEMPLATES: templates,
  /** ARNs of the roles of machines: only such a caller is one. */
  RUNNER_ROLES: list,
  GRANT_ROLES: roles,
  /** Bucket of bundles; absent where no app has them. */
  BUNDLES: text,
};

const ofPlatform = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "LAMBDA_TASK_ROOT"] as const;
const perhaps = [
  "AWS_SESSION_TOKEN",
  "AWS_ENDPOINT_URL_SQS",
  "AWS_ENDPOINT_URL_SSM",
  "AWS_ENDPOINT_URL_EC2",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_S3",
  "BUNDLES",
] as const;
const ofWebhook = ["QUEUE_URL"] as const;
const ofControl = ["TABLE_NAME", "QUEUE_URL", "DEAD_LETTER_URL", "STACK_NAME", "SUBNETS", "TEMPLATES"] as const;
const ofRunnerApi = [...ofControl, "RUNNER_ROLES", "GRANT_ROLES"] as const;

type Name = keyof typeof readers;
type Values<N extends Name> = { readonly [K in N]: NonNullable<ReturnType<(typeof readers)[K]>> };

export type PlatformEnv = Values<(typeof ofPlatform)[number]> & Partial<Values<(typeof perhaps)[number]>>;
export type WebhookEnv = Values<(typeof ofWebhook)[number]>;
export type ControlEnv = Values<(typeof ofControl)[number]>;
export type RunnerApiEnv = Values<(typeof ofRunnerApi)[number]>;

export function webhookEnv(variables: NodeJS.ProcessEnv): WebhookEnv & PlatformEnv {
  return read("webhook", ofWebhook, variables);
}

export function controlEnv(variables: NodeJS.ProcessEnv): ControlEnv & PlatformEnv {
  return read("control", ofControl, variables);
}

export function runnerApiEnv(variables: NodeJS.ProcessEnv): RunnerApiEnv & PlatformEnv {
  return read("runner-api", ofRunnerApi, variables);
}

/** @throws Error that names every missing or wrong variable, and no value */
function read<N extends Name>(
  lambda: string,
  names: readonly N[],
  variables: NodeJS.ProcessEnv,
): Values<N> & PlatformEnv {
  const wanted: readonly Name[] = [...ofPlatform, ...names, ...perhaps.filter((name) => variables[name] !== undefined)];
  const values = wanted.map((name) => [name, readers[name](variables[name] ?? "")] as const);
  const wrong = values.flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (wrong.length > 0) throw new Error(`${lambda}: the environment lacks or has wrong: ${wrong.join(", ")}`);
  return Object.fromEntries(values) as Values<N> & PlatformEnv;
}

function text(value: string): string | undefined {
  return value === "" ? undefined : value;
}

function address(value: string): string | undefined {
  return URL.canParse(value) ? value : undefined;
}

function list(value: string): readonly string[] | undefined {
  return value === "" ? undefined : value.split(",");
}

/** `small=lt-0123:4,large=lt-4567:1` → template id and version by profile. */
function templates(value: string) {
  if (!/^[a-z0-9-]+=lt-[0-9a-f]+:\d+(,[a-z0-9-]+=lt-[0-9a-f]+:\d+)*$/.test(value)) return undefined;
  const entries = value.split(",").map((entry) => {
    const [name = "", templateId = "", templateVersion = ""] = entry.split(/[=:]/);
    return [name, { templateId, templateVersion }] as const;
  });
  return new Map(entries);
}

/** ARN of the role of each grant, by its name, as JSON. */
function roles(value: string): ReadonlyMap<string, string> | undefined {
  try {
    return new Map(Object.entries<string>(JSON.parse(value)));
  } catch {
    return undefined;
  }
}
