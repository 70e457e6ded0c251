import type { ConfigFile } from "./config-file.ts";

/** TCP ports that a profile's machines may call: its own, those of the forges whose jobs they serve, and 443, where the runner API is. */
export function egressOf(
  { forges }: Pick<ConfigFile, "forges">,
  profile: ConfigFile["profiles"][number],
): readonly number[] {
  const ofForges = forges.filter(({ kind }) => kind !== "git").map(({ url }) => Number(new URL(url).port || 443));
  return [...new Set([443, ...profile.egress, ...ofForges])].sort((a, b) => a - b);
}
