import { gitForge } from "../../../lib/forges/git.ts";
import { scratchRepository } from "../../fakes/scratch-repository.ts";
import { workflowPathsOf } from "./expected-workflows.ts";
import { scenario, topicBranch } from "./forge-scenario.ts";
import type { SourceBench } from "./source-contract.ts";

/** The scenario in a bare repository on this computer: nothing to request, and the rule follows each commit's own directory. */
export function gitBenches() {
  const scratch = scratchRepository(scenario);
  const tag = scratch.annotate("v1", scratch.idOf("change"));
  scratch.git("update-ref", `refs/heads/${topicBranch}`, scratch.idOf("side"));
  const repository = scratch.git("rev-parse", "--absolute-git-dir");
  return {
    async make(): Promise<SourceBench & { close(): Promise<void> }> {
      const { source } = gitForge({ name: "here", repository, isSettled: async () => false });
      return {
        source,
        repo: { id: "here", name: "local/here" },
        id: (name) => (name === "tag" ? tag : scratch.idOf(name)),
        requests: () => 0,
        expected: workflowPathsOf("gitea"),
        close: async () => undefined,
      };
    },
    finish: async () => scratch.dispose(),
  };
}
