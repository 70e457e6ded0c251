import { describe, expect, it } from "@jest/globals";
import { type Dialect, github } from "../../../lib/core/dialect.ts";
import { isWorkflowPath, workflowDirectories } from "../../../lib/core/workflow/workflow-directories.ts";

const gitea = (minor: number): Dialect => ({ forge: "gitea", version: [1, minor, 0] });

describe("where a forge looks for workflow files", () => {
  const both = [".gitea/workflows", ".github/workflows"];

  it.each([
    ["GitHub", github, [], [".github/workflows"]],
    ["GitHub, whatever is set", github, ["ci"], [".github/workflows"]],
    ["Gitea 1.25", gitea(25), [], both],
    ["Gitea 1.25, which does not know WORKFLOW_DIRS yet", gitea(25), ["ci"], both],
    ["Gitea 1.26", gitea(26), [], both],
    ["Gitea 1.26 with WORKFLOW_DIRS", gitea(26), ["ci", "more/ci"], ["ci", "more/ci"]],
  ] as const)("%s", (_whose, dialect, set, directories) => {
    expect(workflowDirectories(dialect, set)).toEqual(directories);
  });
});

describe("which file there is a workflow", () => {
  it.each([
    ["ci/a.yml", true, true],
    ["ci/a.yaml", true, true],
    ["ci/deep/a.yml", true, false],
    ["ci/a.YML", false, false],
    ["ci/a.yml.txt", false, false],
    ["cinema/a.yml", false, false],
    ["other/ci/a.yml", false, false],
  ])("%s: Gitea %s, GitHub %s", (path, forGitea, forGithub) => {
    expect(isWorkflowPath(path, "ci", "gitea")).toBe(forGitea);
    expect(isWorkflowPath(path, "ci", "github")).toBe(forGithub);
  });
});
