import * as z from "zod/mini";
import { MAX_BUNDLE_BYTES } from "./bundle.ts";
import { grammar, isTagOf, type Word } from "./deploy-request.ts";

const word = (name: Word) => z.string().check(z.regex(new RegExp(`^(?:${grammar[name]})$`), `is no ${name}`));

/** Body of `POST /api/deploys`. Who asks is never in it: the bearer token proves that. */
export const DeployBody = z
  .strictObject({
    app: word("app"),
    env: word("env"),
    op: z._default(z.enum(["deploy", "rollback"]), "deploy"),
    tag: z.optional(word("tag")),
    digest: z.optional(word("digest")),
    commit: z.optional(word("commit")),
    force: z._default(z.boolean(), false),
    /** Say what would be done, and store nothing. */
    dryRun: z._default(z.boolean(), false),
  })
  .check(z.refine(({ op, tag }) => op === "rollback" || tag !== undefined, { error: "is needed", path: ["tag"] }))
  .check(
    z.refine(({ tag, digest, commit }) => tag !== undefined || (digest ?? commit) === undefined, {
      error: "is needed beside a digest or a commit",
      path: ["tag"],
    }),
  )
  .check(
    z.refine(({ tag, commit }) => tag === undefined || commit === undefined || isTagOf(tag, commit), {
      error: "does not begin as the tag says",
      path: ["commit"],
    }),
  );
export type DeployBody = z.infer<typeof DeployBody>;

/** Body of `POST /api/deploys/{id}/approve`: what was seen when it was approved. */
export const ApproveBody = z.strictObject({
  commit: z.optional(word("commit")),
  digest: z.optional(word("digest")),
});
export type ApproveBody = z.infer<typeof ApproveBody>;

/** Body of `POST /api/inspections`: a question to the targets of an environment. */
export const InspectBody = z.strictObject({
  app: word("app"),
  env: word("env"),
  verb: z.enum(["status", "diagnostics", "logs"]),
  deployId: z.optional(word("id")),
});
export type InspectBody = z.infer<typeof InspectBody>;

/** Body of `POST /api/bundles`: what is to be uploaded, for a deploy to that environment. */
export const BundleBody = z.strictObject({
  app: word("app"),
  env: word("env"),
  digest: word("digest"),
  bytes: z.int().check(z.gte(1), z.lte(MAX_BUNDLE_BYTES, "is more than a bundle may have (100 MiB)")),
});
export type BundleBody = z.infer<typeof BundleBody>;

/** Body of `POST /api/tokens`. */
export const TokenBody = z.strictObject({
  name: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,30}$/, "must be 1 to 31 lower-case letters, digits and dashes")),
  app: word("app"),
  /** One environment, or a beginning followed by `*`. */
  env: z
    .string()
    .check(z.regex(/^[a-z][a-z0-9-]{0,40}\*?$/, "must be a name such as dev, or one that ends in *, such as pr-*")),
  days: z.int().check(z.gte(1), z.lte(365)),
});
export type TokenBody = z.infer<typeof TokenBody>;
