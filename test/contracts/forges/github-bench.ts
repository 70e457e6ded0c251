import type { EnrolRequest } from "../../../lib/core/forge.ts";
import { scopeOf } from "../../../lib/core/scope.ts";
import { githubForge } from "../../../lib/forges/github/github-forge.ts";
import type { GithubAuth } from "../../../lib/forges/github/options.ts";
import { FAKE_APP, FAKE_TOKEN, type FakeGithub, fakeGithub } from "../../fakes/github/fake-github.ts";
import { REPOSITORY } from "../../fakes/github/routes.ts";
import { scratchRepository } from "../../fakes/scratch-repository.ts";
import type { EnrolmentBench } from "./enrolment-contract.ts";
import { workflowPathsOf } from "./expected-workflows.ts";
import type { JobForgeBench } from "./forge-contract.ts";
import { scenario, topicBranch } from "./forge-scenario.ts";
import type { SourceBench } from "./source-contract.ts";

type GithubBench = SourceBench & EnrolmentBench & JobForgeBench & { readonly fake: FakeGithub };

const NOW = Date.parse("2026-11-21T12:00:00Z");
const NOT_CONTENT = new Set([
  "GET /repos/{owner}/{repo}/installation",
  "POST /app/installations/{installation_id}/access_tokens",
]);

export interface GithubBenches {
  make(): Promise<GithubBench & { close(): Promise<void> }>;
  finish(): Promise<void>;
}

/** GitHub as its own descriptions have it, by token or as an App, on github.com or on an Enterprise Server. */
export function githubBenches(kind: "token" | "app", server: "github.com" | "enterprise"): GithubBenches {
  const scratch = scratchRepository(scenario);
  const tag = scratch.annotate("v1", scratch.idOf("change"));
  scratch.git("update-ref", `refs/heads/${topicBranch}`, scratch.idOf("side"));
  const id = (name: string): string => (name === "tag" ? tag : scratch.idOf(name));
  const repo = { id: `${REPOSITORY.id}`, name: REPOSITORY.full_name };

  return {
    async make() {
      const enterprise = server === "enterprise";
      const fake = fakeGithub(scratch, {
        now: () => NOW,
        ...(enterprise ? { rest: "/api/v3", graphql: "/api/graphql" } : {}),
      });
      fake.state.pull = { base: scratch.idOf("workflows"), head: scratch.idOf("side") };
      fake.state.installedVersion = enterprise ? "3.19.2" : undefined;
      const auth: GithubAuth =
        kind === "token"
          ? { kind, token: async () => FAKE_TOKEN }
          : { kind, id: FAKE_APP, key: async () => fake.appKey };
      const url = enterprise ? "https://github.example.com" : "https://github.com";
      const world = { fetch: fake.fetch, now: () => NOW, sleep: async () => undefined, fraction: () => 0 };
      const forge = githubForge({ name: "home", url, auth, world });
      return {
        ...forge,
        fake,
        repo,
        id,
        requests: () => fake.requests.filter((request) => !NOT_CONTENT.has(request)).length,
        expected: workflowPathsOf("github"),
        request: (name): EnrolRequest => ({
          scope: scopeOf("home", repo),
          repo,
          name,
          labels: ["self-hosted", "Linux-Large"],
        }),
        async queuedJob() {
          fake.state.runs.push({ id: 30433642, status: "in_progress" });
          fake.state.jobs.push({
            id: 399444496,
            run_id: 30433642,
            run_attempt: 1,
            name: "j",
            labels: ["never-served"],
            status: "queued",
            conclusion: null,
            head_sha: scratch.idOf("github-only"),
            head_branch: "github-only",
            runner_id: null,
            runner_name: null,
          });
          return { id: "399444496", runId: "30433642" };
        },
        async switchOff(workflow) {
          fake.state.workflows.push({ path: `.github/workflows/${workflow}`, state: "disabled_manually" });
          return `.github/workflows/${workflow}`;
        },
        version: enterprise ? "3.19.2" : "github.com",
        lacks: [],
        async close() {
          if (fake.problems.length > 0) throw new Error(`not as GitHub describes it:\n${fake.problems.join("\n")}`);
        },
      };
    },
    async finish() {
      scratch.dispose();
    },
  };
}
