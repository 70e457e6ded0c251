import type { GiteaRun } from "./gitea-server.ts";
import type { PullStep } from "./oracle-case.ts";
import { pause, type Stage } from "./oracle-judge.ts";

/** The pull request as it was when it was judged. */
export interface PulledRef {
  readonly action: string;
  readonly after: string;
  readonly number: string;
  readonly title: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly mergeBase: string;
}

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly merge_base: string;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string };
}

/** Opens the pull request of a case and does what the case says; the last step is judged. */
export async function actPull(stage: Stage): Promise<{ runs: readonly GiteaRun[]; pull: PulledRef }> {
  const { server, repo, one } = stage;
  if (one.act.kind !== "pull") throw new Error("not a pull request");
  const { head, base, title = "a pull request", steps = [], target } = one.act;
  const event = target ? "pull_request_target" : "pull_request";
  let after = await stage.lastRun();
  const { number } = await server.call<Pull>("POST", `/repos/${repo.name}/pulls`, { head, base, title });
  // A skipped opening makes no run to wait for.
  if (title.includes("[skip ci]") && steps.length > 0) await pause(1_500);
  let runs = steps.length > 0 && title.includes("[skip ci]") ? [] : await stage.settle(after, event);
  let action = "opened";
  for (const step of steps) {
    after = await stage.lastRun();
    action = await take(stage, number, step);
    runs = await stage.settle(after, event);
  }
  const pull = await server.call<Pull>("GET", `/repos/${repo.name}/pulls/${number}`);
  const merged = steps.at(-1)?.kind === "merge";
  const headSha = pull.head.sha;
  return {
    runs,
    pull: {
      action,
      after: merged ? (pull.merge_commit_sha ?? headSha) : headSha,
      number: `${number}`,
      title: pull.title,
      headSha,
      baseRef: base,
      mergeBase: pull.merge_base,
    },
  };
}

/** Does it, and says how a workflow calls what it is. */
async function take({ server, repo, scratch, push }: Stage, number: number, step: PullStep): Promise<string> {
  const pull = `/repos/${repo.name}/pulls/${number}`;
  const issue = `/repos/${repo.name}/issues/${number}`;
  switch (step.kind) {
    case "close":
      await server.call("PATCH", pull, { state: "closed" });
      return "closed";
    case "reopen":
      await server.call("PATCH", pull, { state: "open" });
      return "reopened";
    case "edit":
      await server.call("PATCH", pull, { title: step.title });
      return "edited";
    case "assign":
      await server.call("PATCH", pull, { assignees: [server.login] });
      return "assigned";
    case "push":
      push(`${scratch.idOf(step.to)}:refs/heads/feature`);
      return "synchronize";
    case "merge":
      await merge(server, pull);
      return "closed";
    case "add-label": {
      const body = { name: "urgent", color: "#ff0000" };
      const label = await server.call<{ id: number }>("POST", `/repos/${repo.name}/labels`, body);
      await server.call("POST", `${issue}/labels`, { labels: [label.id] });
      return "labeled";
    }
    case "clear-labels":
      await server.call("DELETE", `${issue}/labels`);
      return "unlabeled";
  }
}

/** The server checks for conflicts on its own time before it lets anybody merge. */
async function merge(server: Stage["server"], pull: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await server.call("POST", `${pull}/merge`, { Do: "merge" });
      return;
    } catch (error) {
      if (tries === 20) throw error;
      await pause(500);
    }
  }
}
