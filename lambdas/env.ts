import * as z from "zod/mini";

/**
 * Every environment variable of every function. The stack sets exactly the ones of `WebhookEnv`, `ControlEnv` and `RunnerApiEnv`
 * (lib/stack checks by type that none is forgotten); the platform itself sets those of `PlatformEnv`.
 */
const text = z.string().check(z.minLength(1));
const address = z.optional(z.url());

const PlatformEnv = z.object({
  AWS_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: z.optional(text),
  /** Folder of the bundle and of config.json. */
  LAMBDA_TASK_ROOT: text,
  /** Other addresses of services, as the SDK knows them too. */
  AWS_ENDPOINT_URL_SQS: address,
  AWS_ENDPOINT_URL_SSM: address,
  AWS_ENDPOINT_URL_EC2: address,
  AWS_ENDPOINT_URL_DYNAMODB: address,
  AWS_ENDPOINT_URL_STS: address,
});
export type PlatformEnv = z.infer<typeof PlatformEnv>;

const WebhookEnv = z.object({ QUEUE_URL: z.url() });
export type WebhookEnv = z.infer<typeof WebhookEnv>;

export function webhookEnv(variables: NodeJS.ProcessEnv): WebhookEnv & PlatformEnv {
  return read("webhook", z.extend(PlatformEnv, WebhookEnv.shape), variables);
}

/** `small=lt-0123:4,large=lt-4567:1` → template id and version by profile. */
const Templates = z.pipe(
  z.string().check(z.regex(/^[a-z0-9-]+=lt-[0-9a-f]+:\d+(,[a-z0-9-]+=lt-[0-9a-f]+:\d+)*$/)),
  z.transform((list) => {
    const entries = list.split(",").map((entry): [string, { templateId: string; templateVersion: string }] => {
      const [name = "", templateId = "", templateVersion = ""] = entry.split(/[=:]/);
      return [name, { templateId, templateVersion }];
    });
    return new Map(entries);
  }),
);

const List = z.pipe(
  text,
  z.transform((list) => list.split(",")),
);

const ControlEnv = z.object({
  TABLE_NAME: text,
  QUEUE_URL: z.url(),
  DEAD_LETTER_URL: z.url(),
  STACK_NAME: text,
  SUBNETS: List,
  TEMPLATES: Templates,
});
export type ControlEnv = z.infer<typeof ControlEnv>;

export function controlEnv(variables: NodeJS.ProcessEnv): ControlEnv & PlatformEnv {
  return read("control", z.extend(PlatformEnv, ControlEnv.shape), variables);
}

const RunnerApiEnv = z.extend(ControlEnv, {
  /** Names of the roles of machines: only such a caller is one. */
  RUNNER_ROLES: List,
  /** ARN of the role of each grant, by its name, as JSON. */
  GRANT_ROLES: z.pipe(
    text,
    z.transform((json) => new Map<string, string>(Object.entries(JSON.parse(json)))),
  ),
});
export type RunnerApiEnv = z.infer<typeof RunnerApiEnv>;

export function runnerApiEnv(variables: NodeJS.ProcessEnv): RunnerApiEnv & PlatformEnv {
  return read("runner-api", z.extend(PlatformEnv, RunnerApiEnv.shape), variables);
}

/** @throws Error that names every missing or wrong variable, and no value */
function read<T>(lambda: string, shape: z.ZodMiniType<T>, variables: NodeJS.ProcessEnv): T {
  const parsed = z.safeParse(shape, variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => path.join("."));
  throw new Error(`${lambda}: the environment lacks or has wrong: ${wrong.join(", ")}`);
}
