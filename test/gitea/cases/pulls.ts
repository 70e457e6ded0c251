import { inDirectory, type OracleCase, on, type PullStep, pull, start, type Workflows } from "../oracle-case.ts";

const kinds: Workflows = {
  "a-default.yml": on("pull_request"),
  "b-null.yml": on("{ pull_request: }"),
  "c-opened.yml": on("{ pull_request: { types: [opened] } }"),
  "d-edited.yml": on("{ pull_request: { types: [edited] } }"),
  "e-sync.yml": on("{ pull_request: { types: [synchronize] } }"),
  "f-synchronized.yml": on("{ pull_request: { types: [synchronized] } }"),
  "g-closed.yml": on("{ pull_request: { types: [closed] } }"),
  "h-ed.yml": on("{ pull_request: { types: ['*ed'] } }"),
  "i-empty.yml": on("{ pull_request: { types: [] } }"),
  "j-word.yml": on("{ pull_request: { types: reopened } }"),
  "k-labeled.yml": on("{ pull_request: { types: [labeled] } }"),
  "l-label-updated.yml": on("{ pull_request: { types: [label_updated] } }"),
  "m-unlabeled.yml": on("{ pull_request: { types: [unlabeled] } }"),
  "n-branches.yml": on("{ pull_request: { branches: [main] } }"),
  "o-other.yml": on("{ pull_request: { branches: [other] } }"),
  "p-not.yml": on("{ pull_request: { types: ['!opened', '*'] } }"),
  "q-push.yml": on("push"),
  "r-assigned.yml": on("{ pull_request: { types: [assigned] } }"),
  "s-ready.yml": on("{ pull_request: { types: [ready_for_review] } }"),
};

function after(rule: OracleCase["rule"], note: string, ...steps: readonly PullStep[]): OracleCase {
  return pull({ rule, note, workflows: kinds, steps });
}

const filters: Workflows = {
  "a.yml": on("{ pull_request: { branches: [main] } }"),
  "b.yml": on("{ pull_request: { branches: [feature] } }"),
  "c.yml": on("{ pull_request: { branches: ['release/**'] } }"),
  "d.yml": on("{ pull_request: { branches-ignore: [main] } }"),
  "e.yml": on("{ pull_request: { branches-ignore: [feature] } }"),
  "f.yml": on("{ pull_request: { branches: [main], branches-ignore: [other] } }"),
  "g.yml": on("{ pull_request: { nonsense: [main] } }"),
  "h.yml": on("{ pull_request: { branches: [main], types: [closed] } }"),
};

const tags: Workflows = {
  "a.yml": on("{ pull_request: { tags: ['**'] } }"),
  "b.yml": on("{ pull_request: { tags-ignore: [x] } }"),
  "c.yml": on("{ pull_request: { branches: [main], tags: ['**'] } }"),
};

const paths: Workflows = {
  "a.yml": on("{ pull_request: { paths: [docs/a.md] } }"),
  "b.yml": on("{ pull_request: { paths: [src/**] } }"),
  "c.yml": on("{ pull_request: { paths: [main-only.txt] } }"),
  "d.yml": on("{ pull_request: { paths-ignore: [docs/**, .gitea/**] } }"),
  "e.yml": on("{ pull_request: { paths: [docs/a.md], branches: [main] } }"),
  "f.yml": on("{ pull_request: { paths: [docs/a.md], branches: [other] } }"),
  "g.yml": on("{ pull_request: { paths: [.gitea/workflows/*] } }"),
};

/** Their own canary, because all other cases' files are recorded without that event. */
const targets: Workflows = {
  "a-default.yml": on("pull_request_target"),
  "b-closed.yml": on("{ pull_request_target: { types: [closed] } }"),
  "c-branches.yml": on("{ pull_request_target: { branches: [main] } }"),
  "d-other.yml": on("{ pull_request_target: { branches: [other] } }"),
  "e-paths.yml": on("{ pull_request_target: { paths: [docs/a.md] } }"),
  "f-paths.yml": on("{ pull_request_target: { paths: [src/**] } }"),
  "h-changed.yml": on("{ pull_request_target: { types: [closed] } }"),
  "zz-canary.yml": on("{ push: , pull_request_target: { types: ['*'] } }"),
};

/** The head brings a workflow of its own and changes another one: neither counts. */
function target(note: string, ...steps: readonly PullStep[]): OracleCase {
  const at = ".gitea/workflows";
  const files = Object.fromEntries(Object.entries(targets).map(([name, text]) => [`${at}/${name}`, text]));
  const own = { [`${at}/i-new.yml`]: on("pull_request_target"), [`${at}/h-changed.yml`]: on("pull_request_target") };
  return {
    rule: "pull-target",
    note,
    commits: [
      { name: "base", files: { ...start, ...files } },
      { name: "head", from: ["base"], files: { "docs/a.md": "b\n", ...own } },
    ],
    before: { "refs/heads/main": "base", "refs/heads/feature": "head" },
    act: { kind: "pull", head: "feature", base: "main", target: true, steps },
  };
}

const plain: readonly OracleCase[] = [
  pull({ rule: "pull-default-types", note: "opened", workflows: kinds }),
  after("pull-default-types", "edited", { kind: "edit", title: "another title" }),
  after("pull-default-types", "closed", { kind: "close" }),
  after("pull-default-types", "reopened", { kind: "close" }, { kind: "reopen" }),
  after("pull-types", "synchronised", { kind: "push", to: "next" }),
  after("pull-types", "assigned", { kind: "assign" }),
  after("pull-labels", "a label added", { kind: "add-label" }),
  { ...after("pull-labels", "labels cleared", { kind: "add-label" }, { kind: "clear-labels" }), silent: true },
  after("pull-merged", "merged", { kind: "merge" }),
  target("opened"),
  target("synchronised", { kind: "push", to: "next" }),
  target("closed", { kind: "close" }),
  pull({ rule: "pull-branches", note: "into main", workflows: filters }),
  pull({ rule: "pull-branches", note: "into release/1", base: "release/1", workflows: filters }),
  pull({ rule: "pull-tags", note: "tags and tags-ignore", workflows: tags }),
  pull({ rule: "pull-paths", note: "its own changes", workflows: paths }),
  {
    rule: "pull-paths",
    note: "main went on meanwhile",
    commits: [
      { name: "base", files: start },
      { name: "setup", from: ["base"], files: inDirectory(paths) },
      { name: "head", from: ["setup"], files: { "docs/a.md": "b\n" } },
      { name: "main", from: ["base"], files: { "main-only.txt": "m", "src/app.ts": "main's\n" } },
    ],
    before: { "refs/heads/main": "main", "refs/heads/feature": "head" },
    act: { kind: "pull", head: "feature", base: "main" },
  },
];

export const pulls: readonly OracleCase[] = plain.map(withNext);

/** The commit that a push to an open pull request brings. */
function withNext(one: OracleCase): OracleCase {
  return { ...one, commits: [...one.commits, { name: "next", from: ["head"], files: { "src/app.ts": "next\n" } }] };
}
