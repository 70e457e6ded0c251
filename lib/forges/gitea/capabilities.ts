import { type Dialect, giteaFrom } from "../../core/dialect.ts";
import type { Reason } from "../../core/reason.ts";

/** What a Gitea of this version cannot do for us, one sentence each; empty from 1.26 on. */
export function lacks(dialect: Dialect): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const { from, code, text } of landmarks) {
    if (!giteaFrom(dialect, ...from)) reasons.push({ code, text });
  }
  return reasons;
}

const landmarks: readonly { from: readonly [number, number]; code: string; text: string }[] = [
  {
    from: [1, 22],
    code: "gitea-too-old",
    text: "this Gitea is older than 1.22: its runner registration by API is missing, so nothing can be served",
  },
  {
    from: [1, 24],
    code: "no-job-events",
    text: "before 1.24 Gitea sends no job events: jobs are planned from pushes and pull requests alone, and its runners are not ephemeral at the server",
  },
  {
    from: [1, 24],
    code: "no-runner-list",
    text: "before 1.24 Gitea has no API for runners: registrations that nobody uses stay in its list until somebody removes them there",
  },
  {
    from: [1, 25],
    code: "no-job-list",
    text: "before 1.25 Gitea cannot list its jobs: a lost webhook is a lost job, because the sweep cannot find it",
  },
  {
    from: [1, 26],
    code: "no-rerun",
    text: "before 1.26 Gitea has no API to run a job again: after a lost machine somebody presses the button there",
  },
];
