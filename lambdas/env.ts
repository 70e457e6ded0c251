import * as z from "zod/mini";

/**
 * Every environment variable of every function. The stack sets exactly the ones of `WebhookEnv` and `ControlEnv`
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
});
export type PlatformEnv = z.infer<typeof PlatformEnv>;

const WebhookEnv = z.object({ QUEUE_URL: z.url() });
export type WebhookEnv = z.infer<typeof WebhookEnv>;

export function webhookEnv(variables: NodeJS.ProcessEnv): WebhookEnv & PlatformEnv {
  return read("webhook", z.extend(PlatformEnv, WebhookEnv.shape), variables);
}

/** @throws Error that names every missing or wrong variable, and no value */
function read<T>(lambda: string, shape: z.ZodMiniType<T>, variables: NodeJS.ProcessEnv): T {
  const parsed = z.safeParse(shape, variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => path.join("."));
  throw new Error(`${lambda}: the environment lacks or has wrong: ${wrong.join(", ")}`);
}
