import * as z from "zod";

/** Words that several sections of dayfly.yaml share. */

/** Names of ours: they end in tags, paths and resource names. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be 1 to 31 lower-case letters, digits and dashes, a letter first");

/** A secret stands in the file only as the name of the SSM parameter that holds it. */
export const ParameterName = z
  .string()
  .regex(
    /^\/[A-Za-z0-9_.\-/]{1,500}$/,
    "must be the name of an SSM parameter such as /dayfly/home/token, never the secret itself",
  );

/** Whose jobs: all that is given must hold. */
export const Origin = z.strictObject({
  forge: Name.optional().describe(
    "Name of the forge. Needed where `forges` has several: another one may have a repository of the same name.",
  ),
  repo: z
    .string()
    .regex(/^[\w.-]+(?:\/[\w.-]+)?$/, "must be owner/name")
    .describe("`owner/name` of the repository; of a bare repository on one computer its name alone."),
  repoId: z
    .string()
    .regex(/^\d+$/, "must be the number that the forge gave the repository, in quotes")
    .optional()
    .describe("The forge's number for it. A name can be given away, a number cannot."),
  refs: z
    .array(z.string().min(1))
    .min(1)
    .describe("Branches by their names, tags by their full ones (`refs/tags/v*`); globs."),
  events: z.array(z.string().min(1)).default(["push"]).describe("Events that may start the job."),
});
