import * as z from "zod/mini";

/** An identity that a machine gives to each of its boots. */
const BootId = z.string().check(z.regex(/^[\w-]{1,64}$/));

/** Body of `POST /runner/claim`. Who calls is never in it: the entry proves that. */
export const ClaimBody = z.object({ bootId: BootId });

/** Body of `POST /runner/credentials`. */
export const CredentialsBody = z.object({ grant: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,30}$/)) });

const maxOutputCharacters = 16_384;

/** Body of `POST /runner/exit`. */
export const ExitBody = z.object({
  bootId: BootId,
  cause: z.enum(["job-done", "idle", "spot", "deadline", "boot-failed", "crashed"]),
  code: z.int().check(z.gte(-1), z.lte(255)),
  conclusion: z.optional(z.enum(["success", "failure", "cancelled", "skipped"])),
  outputs: z.optional(
    z.record(z.string(), z.string()).check(z.refine(isSmall, "outputs are bounded to 16 KiB in all")),
  ),
});

function isSmall(outputs: Readonly<Record<string, string>>): boolean {
  const characters = Object.entries(outputs).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return characters <= maxOutputCharacters;
}
