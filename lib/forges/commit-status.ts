import type { StatusReport } from "../core/forge.ts";
import { type Call, nothing } from "./http/http-client.ts";

/** What GitHub takes of a description; Gitea shows little more. */
const DESCRIPTION_LENGTH = 140;

/** The call that sets a commit's status, which Gitea has from GitHub. */
export function commitStatus(
  params: Readonly<Record<"owner" | "repo", string>>,
  sha: string,
  { context, state, text, url }: StatusReport,
): Omit<Call<unknown>, "tolerates"> {
  return {
    method: "POST",
    path: "/repos/{owner}/{repo}/statuses/{sha}",
    params: { ...params, sha },
    body: { context, state, description: text.slice(0, DESCRIPTION_LENGTH), ...(url ? { target_url: url } : {}) },
    // The last status of a context counts, so a second one says the same.
    repeatable: true,
    shape: nothing,
  };
}
