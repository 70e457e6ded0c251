import * as z from "zod/mini";

/** What commands read of the deploy API's answers. */

const text = z.string();
const Release = z.object({ tag: text, digest: z.optional(text), commit: z.optional(text) });

const Report = z.object({
  outcome: text,
  exit: z.number(),
  reason: text,
  text,
  phases: z.optional(z.record(text, z.number())),
  tail: z.optional(text),
});

export const DeployView = z.object({
  id: text,
  app: text,
  env: text,
  op: z.enum(["deploy", "rollback"]),
  status: text,
  release: z.optional(Release),
  by: text,
  approvedBy: z.optional(text),
  createdAt: z.number(),
  endedAt: z.optional(z.number()),
  reason: z.object({ code: text, text }),
  nextAction: z.optional(text),
  steps: z.array(
    z.object({
      target: text,
      state: text,
      outcome: z.optional(z.object({ kind: text, text: z.optional(text), report: z.optional(Report) })),
    }),
  ),
  history: z.array(z.object({ at: z.number(), text })),
  url: text,
});
export type DeployView = z.infer<typeof DeployView>;

export const DeployList = z.object({ deploys: z.array(DeployView) });

const Observed = z.object({
  release: z.optional(z.partial(Release)),
  condition: text,
  from: text,
  at: z.number(),
});

export const EnvironmentView = z.object({
  app: text,
  env: text,
  desired: z.optional(z.object({ deployId: text, op: text, release: z.optional(Release), by: text, at: z.number() })),
  targets: z.readonly(
    z.array(z.object({ name: text, observed: z.optional(Observed), state: z.enum(["same", "differs", "unknown"]) })),
  ),
  operation: z.optional(z.object({ id: text, status: text, nextAction: z.optional(text) })),
  waiting: z.readonly(z.array(z.object({ id: text, release: z.optional(Release), by: text }))),
});
export type EnvironmentView = z.infer<typeof EnvironmentView>;

export const EnvironmentList = z.object({ environments: z.array(EnvironmentView) });

export const Asked = z.object({
  asked: z.array(z.object({ target: text, kind: text, commandId: z.optional(text), text: z.optional(text) })),
});

export const Answer = z.object({
  kind: z.enum(["pending", "answered", "no-answer"]),
  text: z.optional(text),
  report: z.optional(
    z.object({
      exit: z.number(),
      outcome: text,
      text,
      log: z.object({ path: text, tail: text }),
      checks: z.optional(z.array(z.object({ name: text, ok: z.boolean(), text }))),
    }),
  ),
});
export type Answer = z.infer<typeof Answer>;

/** Has it come to its end? */
export function isEnded({ endedAt }: DeployView): boolean {
  return endedAt !== undefined;
}
