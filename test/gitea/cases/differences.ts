import { inDirectory, newBranch, newTag, type OracleCase, on, start, update, type Workflows } from "../oracle-case.ts";

/** One workflow for each path, on push: `p-0` asks for the first one. */
function watching(...paths: readonly string[]): Workflows {
  const watched = Object.fromEntries(
    paths.map((path, index) => [`p-${index}.yml`, on(`{ push: { paths: [${JSON.stringify(path)}] } }`)]),
  );
  return { ...watched, "q-ignore-docs.yml": on("{ push: { paths-ignore: ['docs/**'] } }"), "r-all.yml": on("push") };
}

const seven = Array.from({ length: 7 }, (_, index) => ({
  name: `c${index}`,
  from: [index === 0 ? "setup" : `c${index - 1}`],
  files: { [`many/f${index}.txt`]: `${index}` },
}));
const manyFiles = Object.fromEntries(
  Array.from({ length: 400 }, (_, index) => [`many/f${1000 + index}.txt`, `${index}`]),
);
const link = { mode: "120000", text: "docs/a.md" };
const submodule = (id: string) => ({ mode: "160000", text: id.repeat(40) });

/** Which files a push changes. */
export const differences: readonly OracleCase[] = [
  update({ rule: "diff-update", note: "one commit", workflows: watching("docs/a.md", "src/**", "README.md") }),
  update({
    rule: "diff-update",
    note: "two commits, the first one counts as well",
    workflows: watching("docs/a.md", "src/**", "README.md"),
    commits: [{ name: "middle", from: ["setup"], files: { "src/app.ts": "m\n" } }],
    from: ["middle"],
  }),
  update({
    rule: "diff-update",
    note: "a removed file and a new one",
    workflows: watching("docs/a.md", "docs/new.md", "src/**"),
    change: { "docs/a.md": null, "docs/new.md": "n" },
  }),
  update({
    rule: "diff-net",
    note: "the second commit takes the first one back",
    workflows: watching("docs/a.md", "README.md"),
    commits: [{ name: "middle", from: ["setup"], files: { "docs/a.md": "m\n" } }],
    from: ["middle"],
    change: { "docs/a.md": "a\n", "README.md": "new\n" },
  }),
  {
    ...update({
      rule: "diff-forced",
      note: "a sibling replaces the head",
      workflows: watching("docs/a.md", "src/app.ts", "README.md"),
      commits: [{ name: "old", from: ["setup"], files: { "src/app.ts": "o\n" } }],
    }),
    before: { "refs/heads/main": "base", "refs/heads/feature": "old" },
  },
  {
    ...update({
      rule: "diff-forced",
      note: "back to the parent",
      workflows: watching("docs/a.md", "src/app.ts"),
      commits: [{ name: "old", from: ["setup"], files: { "src/app.ts": "o\n" } }],
    }),
    before: { "refs/heads/main": "base", "refs/heads/feature": "old" },
    act: { kind: "push", ref: "refs/heads/feature", to: "setup" },
  },
  {
    ...update({
      rule: "diff-forced",
      note: "to an unrelated history",
      workflows: watching("docs/a.md", "other.txt", "src/app.ts"),
    }),
    commits: [
      { name: "base", files: start },
      { name: "setup", from: ["base"], files: inDirectory(watching("docs/a.md", "other.txt", "src/app.ts")) },
      { name: "head", files: { "other.txt": "o", ...inDirectory(watching("docs/a.md", "other.txt", "src/app.ts")) } },
    ],
  },
  update({
    rule: "diff-many-commits",
    note: "eight commits; the webhook names five",
    workflows: watching("many/f0.txt", "many/f6.txt", "docs/a.md", "none"),
    commits: seven,
    from: ["c6"],
  }),
  update({
    rule: "diff-many-files",
    note: "400 files; the last one decides",
    workflows: watching("many/f1399.txt", "many/f1000.txt", "none"),
    change: manyFiles,
  }),
  update({
    rule: "diff-rename",
    note: "the old name, the new name",
    workflows: watching("docs/a.md", "guide/a.md", "src/**"),
    change: { "docs/a.md": null, "guide/a.md": "a\n" },
  }),
  newBranch({
    rule: "diff-rename",
    note: "on a new branch",
    workflows: watching("docs/a.md", "guide/a.md", "src/**"),
    change: { "docs/a.md": null, "guide/a.md": "a\n" },
  }),
  update({
    rule: "diff-mode",
    note: "executable, and a file that becomes a link",
    workflows: watching("run.sh", "README.md", "docs/**"),
    change: { "run.sh": { mode: "100755", text: "#!/bin/sh\n" }, "README.md": link },
  }),
  update({
    rule: "diff-submodule",
    note: "added",
    workflows: watching("vendor/lib", "vendor/lib/**", "vendor/**", "docs/**"),
    change: { "vendor/lib": submodule("a") },
  }),
  update({
    rule: "diff-submodule",
    note: "moved",
    workflows: watching("vendor/lib", "vendor/lib/**", "docs/**"),
    commits: [{ name: "with", from: ["setup"], files: { "vendor/lib": submodule("a") } }],
    from: ["with"],
    change: { "vendor/lib": submodule("b") },
  }),
  update({
    rule: "diff-names",
    note: "a space, umlauts, a quote, a bracket, a file that becomes a folder",
    workflows: watching(
      "with space.txt",
      "ümläut.txt",
      '"quote".txt',
      "br\\[1\\].txt",
      "tab*",
      "README.md/**",
      "README.md",
    ),
    change: {
      "with space.txt": "1",
      "ümläut.txt": "2",
      '"quote".txt': "3",
      "br[1].txt": "4",
      "README.md": null,
      "README.md/inside": "5",
    },
  }),
  update({
    rule: "diff-merge",
    note: "a merge brings another branch's file",
    workflows: watching("side.txt", "docs/a.md", "README.md"),
    commits: [{ name: "side", from: ["setup"], files: { "side.txt": "s" } }],
    from: ["setup", "side"],
    change: { "side.txt": "s" },
  }),
  update({
    rule: "diff-merge",
    note: "both sides changed",
    workflows: watching("side.txt", "mine.txt", "README.md"),
    commits: [
      { name: "mine", from: ["setup"], files: { "mine.txt": "m" } },
      { name: "side", from: ["setup"], files: { "side.txt": "s" } },
    ],
    from: ["mine", "side"],
    change: { "side.txt": "s" },
  }),
  update({ rule: "diff-empty", note: "an empty commit", workflows: watching("**", "docs/**"), change: {} }),
  newBranch({
    rule: "diff-empty",
    note: "an empty commit on a new branch",
    workflows: watching("**", "docs/**"),
    change: {},
  }),
  newBranch({
    rule: "new-branch-head-only",
    note: "the commit below changed the sources",
    workflows: { ...watching("docs/a.md", "src/app.ts"), "p-workflows.yml": on("{ push: { paths: [.gitea/**] } }") },
  }),
  newBranch({
    rule: "new-branch-head-only",
    note: "the workflow file itself is the change",
    workflows: watching(".gitea/**", "docs/**"),
    change: { ".gitea/workflows/q-ignore-docs.yml": on("push") },
  }),
  {
    ...update({
      rule: "new-branch-merge",
      note: "neither paths nor paths-ignore holds",
      workflows: watching("**", "side.txt", "docs/**"),
      commits: [{ name: "side", from: ["setup"], files: { "side.txt": "s" } }],
      from: ["setup", "side"],
      change: { "side.txt": "s" },
    }),
    before: { "refs/heads/main": "base" },
  },
  {
    rule: "new-branch-root",
    note: "beside main",
    commits: [
      { name: "base", files: start },
      { name: "head", files: { "only.txt": "o", ...inDirectory(watching("only.txt", "docs/**", ".gitea/**")) } },
    ],
    before: { "refs/heads/main": "base" },
    act: { kind: "push", ref: "refs/heads/orphan", to: "head" },
  },
  {
    ...newBranch({
      rule: "new-branch-old-commit",
      note: "main is there already",
      workflows: watching("docs/a.md", "src/**"),
    }),
    before: { "refs/heads/main": "head" },
  },
  newTag({
    rule: "tag-annotated",
    note: "filters and paths",
    annotated: true,
    workflows: { ...watching("docs/a.md", "none"), "t.yml": on("{ push: { tags: [v*] } }") },
  }),
  {
    ...newTag({
      rule: "tag-moved",
      note: "from setup to head",
      workflows: { ...watching("docs/a.md", "none"), "t.yml": on("{ push: { tags: [v*] } }") },
    }),
    before: { "refs/heads/main": "base", "refs/tags/v1.0": "setup" },
  },
  {
    ...newTag({
      rule: "tag-many",
      note: "five at once",
      workflows: { "t.yml": on("{ push: { tags: [v*] } }"), "one.yml": on("{ push: { tags: [v1.0] } }") },
    }),
    act: {
      kind: "push",
      ref: "refs/tags/v1.0",
      to: "head",
      besides: { "refs/tags/v2": "head", "refs/tags/v3": "head", "refs/tags/v4": "head", "refs/tags/v5": "head" },
    },
  },
];
