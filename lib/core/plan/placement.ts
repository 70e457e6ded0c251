import type { Profile } from "../config/config.ts";
import type { Reason } from "../reason.ts";

export type Placement =
  | { readonly kind: "profile"; readonly profile: Profile }
  | { readonly kind: "none"; readonly reason: Reason };

/** What a job asks of its machine. */
export interface Demanded {
  readonly labels: readonly string[];
  readonly timeoutMinutes?: number;
}

/** The first profile, in the configuration's order, that has each of the job's labels and lives long enough. */
export function placeJob(profiles: readonly Profile[], { labels, timeoutMinutes }: Demanded): Placement {
  if (labels.includes("host"))
    return none("host-label", "the label `host` is served by the forge's own host, never by us");
  if (labels.includes("")) return none("empty-label", "it asks for an empty label, which no runner has");
  const fitting = profiles.filter((profile) => labels.every((label) => serves(profile, label)));
  const [first] = fitting;
  if (!first) return none("no-profile", noProfile(profiles, labels));
  if (timeoutMinutes === undefined) return { kind: "profile", profile: first };

  const long = fitting.find(({ limits }) => limits.minutes >= timeoutMinutes);
  if (long) return { kind: "profile", profile: long };
  const most = Math.max(...fitting.map(({ limits }) => limits.minutes));
  const names = fitting.map(({ name }) => name).join(", ");
  return none(
    "too-long",
    `its timeout-minutes is ${timeoutMinutes}, and no machine of ${names} lives longer than ${most} minutes`,
  );
}

/** Labels match without case: GitHub's rule, and harmless for Gitea, whose runner gets the job's own spelling. */
function serves({ labels }: Profile, label: string): boolean {
  return labels.some((own) => own.toLowerCase() === label.toLowerCase());
}

function none(code: string, text: string): Placement {
  return { kind: "none", reason: { code, text } };
}

function noProfile(profiles: readonly Profile[], labels: readonly string[]): string {
  const wanted = labels.join(", ");
  if (profiles.length === 0) return `no profile is configured, and it asks for ${wanted}`;
  const known = profiles.map(({ name, labels }) => `${name} (${labels.join(", ")})`).join("; ");
  return `no profile has all of its labels ${wanted}; there are ${known}`;
}
