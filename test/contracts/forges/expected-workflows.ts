import type { SourceBench } from "./source-contract.ts";

/** The directory rules' answers for the scenario's commits. */
export function workflowPathsOf(forge: "gitea" | "github"): SourceBench["expected"] {
  if (forge === "github") {
    return { workflows: [".github/workflows/ci.yml"], noWorkflow: [".github/workflows/ci.yml"], many: 0 };
  }
  const directory = ".gitea/workflows";
  return {
    workflows: [`${directory}/again.yaml`, `${directory}/build.yml`, `${directory}/sub/deep.yaml`],
    noWorkflow: [],
    many: 33,
  };
}
