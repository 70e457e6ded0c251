import type { CommitPlan } from "../../fakes/scratch-repository.ts";

export function workflowText(name: string): string {
  return `name: ${name}\non: push\njobs:\n  j: { runs-on: never-served, steps: [{ run: "true" }] }\n`;
}

/** More than a forge hands over at once. */
const many = Object.fromEntries(
  Array.from({ length: 33 }, (_, index) => [`.gitea/workflows/w${index + 10}.yml`, workflowText(`w${index}`)]),
);

/** Each in a folder of its own: more folders than are worth walking one by one. */
const wide = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`wide/d${index}/f.txt`, `${index}`]));

/** The history that every forge's adapter is asked about. */
export const scenario: readonly CommitPlan[] = [
  {
    name: "root",
    files: {
      "README.md": "r",
      "src/a.ts": "a",
      "src/deep/b.ts": "b",
      "run.sh": "#!",
      "old-name.txt": "same",
      both: "file",
    },
    message: "root\n\nwith a body: ä\n",
  },
  {
    name: "workflows",
    from: ["root"],
    files: {
      ".gitea/workflows/build.yml": workflowText("build"),
      ".gitea/workflows/again.yaml": workflowText("build"),
      ".gitea/workflows/sub/deep.yaml": workflowText("deep"),
      ".gitea/workflows/notes.txt": "no workflow",
      ".gitea/workflows/LOUD.YML": workflowText("loud"),
      ".github/workflows/ci.yml": workflowText("ci"),
      ".github/workflows/sub/called.yml": workflowText("called"),
    },
  },
  {
    name: "change",
    from: ["workflows"],
    files: {
      "src/deep/b.ts": "b2",
      "run.sh": { mode: "100755", text: "#!" },
      "old-name.txt": null,
      "new-name.txt": "same",
      both: null,
      "both/inside.txt": "directory",
      "ä ö.txt": "umlaut",
      "vendor/lib": { mode: "160000", text: "2".repeat(40) },
    },
  },
  { name: "side", from: ["workflows"], files: { "side.txt": "s" } },
  { name: "merge", from: ["change", "side"], files: { "side.txt": "s" } },
  {
    name: "no-workflow",
    from: ["root"],
    files: { ".gitea/workflows/notes.txt": "n", ".github/workflows/ci.yml": workflowText("ci") },
  },
  { name: "github-only", from: ["root"], files: { ".github/workflows/ci.yml": workflowText("ci") } },
  { name: "many", from: ["root"], files: many },
  { name: "wide", from: ["root"], files: wide },
];

/** Refs that keep the scenario's commits alive at the forge. */
export const scenarioRefs = ["change", "side", "merge", "no-workflow", "github-only", "many", "wide"];

/** A branch with a slash in its name, at the commit `side`. */
export const topicBranch = "topic/side";

/** `src/a.ts` and so on: what a `git diff-tree` between `workflows` and `change` prints. */
export const changedInChange = [
  "both",
  "both/inside.txt",
  "new-name.txt",
  "old-name.txt",
  "run.sh",
  "src/deep/b.ts",
  "vendor/lib",
  "ä ö.txt",
];
export const filesOfRoot = ["README.md", "both", "old-name.txt", "run.sh", "src/a.ts", "src/deep/b.ts"];
