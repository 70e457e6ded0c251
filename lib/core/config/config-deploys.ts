import * as z from "zod";
import { Name, Origin } from "./config-words.ts";

/** AWS rights that a job may ask for; the machine's own role is worth nothing. */
export const GrantEntry = z.strictObject({
  name: Name.describe("What the job asks for."),
  to: z
    .strictObject({
      ecr: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9._/-]{1,255}$/, "is no name of an ECR repository"))
        .default([])
        .describe("ECR repositories of this account and region to push to and pull from."),
      s3: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is no name of a bucket"))
        .default([])
        .describe("Buckets to read and write."),
      cloudfront: z
        .array(z.string().regex(/^E[A-Z0-9]{5,20}$/, "is no id of a distribution"))
        .default([])
        .describe("Distributions to invalidate."),
    })
    .describe("What the session may do."),
  from: Origin.describe("Which jobs get it. A pull request's job never does, unless `events` names that."),
  minutes: z.int().min(15).max(60).default(15).describe("Life of the session."),
});

/** A host that we deploy to. */
export const TargetEntry = z.strictObject({
  name: Name.describe("What environments call it."),
  id: z
    .string()
    .regex(/^(?:i|mi)-[0-9a-f]{8,17}$/, "must be an instance i-… or a managed node mi-…")
    .optional()
    .describe("Its id in Systems Manager."),
  local: z.literal(true).optional().describe("It is this computer."),
});

/** What is deployed. How, its targets say themselves (target-host/README.md): only there can nobody from outside change it. */
export const AppEntry = z.strictObject({
  name: Name.describe("Name of the app on its targets."),
  image: z
    .string()
    .regex(/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/, "must be registry/path without a tag")
    .optional()
    .describe(
      "Container image without a tag; the target takes it from its own file (`IMAGE`), which `dayfly targets file` writes from here. Absent: the target's own four executables do the work.",
    ),
  bundle: z
    .boolean()
    .default(false)
    .describe("Its releases are bundles of files that jobs upload: `dayfly deploy … --bundle FILE`. Not with `image`."),
  health: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Address on the target that answers 200 when the app is well; the target asks the one of its own file (`HEALTH_URL`). Needed with `image`.",
    ),
  commitField: z
    .string()
    .regex(/^[\w.-]+$/, "must be a dotted path such as deploy.commit")
    .default("commit")
    .describe("Dotted path of the live commit in the health answer, as in the target's own file (`VERSION_FIELD`)."),
  public: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe(
      "The same through the public path. A deploy is done only when the address in the target's own file (`VERSION_URL`) shows the commit too.",
    ),
});

/** Where an app runs, and who may change it. */
export const EnvironmentEntry = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}\*?$/, "must be a name such as prod, or one that ends in *, such as pr-*")
    .describe("`dev`, `staging`, `prod`, `edge-fra1`, or a glob for many: `pr-*`."),
  app: Name.describe("One of `apps`."),
  targets: z.array(Name).min(1).describe("Some of `targets`, in the order of the deploy."),
  from: Origin.describe("Which jobs may deploy here."),
  approval: z.boolean().default(false).describe("A person has to approve each deploy; the approval binds the commit."),
});
