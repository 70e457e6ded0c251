import { inDirectory, newBranch, newTag, type OracleCase, on, oneJob, start, update } from "../oracle-case.ts";

const push = on("push");

/** One job of these fields, behind some lines. */
function job(fields: string, before = ""): string {
  return `on: push\n${before}jobs:\n  j: { ${fields}, steps: [{ run: "true" }] }\n`;
}
const base = { name: "base", files: start };

/** Which files the server reads, and when it reads any. */
export const detection: readonly OracleCase[] = [
  newBranch({
    rule: "directory-own-wins",
    note: "both directories hold workflows",
    workflows: { "own.yml": push },
    change: { "docs/a.md": "b\n", ".github/workflows/other.yml": push },
  }),
  {
    rule: "directory-fallback",
    note: "only .github/workflows exists",
    commits: [base, { name: "head", from: ["base"], files: inDirectory({ "ci.yml": push }, ".github/workflows") }],
    before: { "refs/heads/main": "base" },
    act: { kind: "push", ref: "refs/heads/feature", to: "head" },
  },
  {
    rule: "directory-empty-wins",
    note: ".gitea/workflows holds a note only",
    commits: [
      base,
      {
        name: "head",
        from: ["base"],
        files: { ".gitea/workflows/notes.txt": "n", ...inDirectory({ "ci.yml": push }, ".github/workflows") },
      },
    ],
    before: { "refs/heads/main": "base" },
    act: { kind: "push", ref: "refs/heads/feature", to: "head" },
    silent: true,
  },
  newBranch({
    rule: "directory-fallback",
    note: ".gitea exists without a folder workflows",
    workflows: {},
    change: {
      ".gitea/workflows/zz-canary.yml": null,
      ".gitea/x.txt": "x",
      ...inDirectory({ "ci.yml": push }, ".github/workflows"),
    },
  }),
  newBranch({
    rule: "directory-recursive",
    note: "two levels of folders, and one named like a workflow",
    workflows: { "a/one.yml": push, "a/b/two.yaml": push, "folder.yml/inner.yml": push },
  }),
  newBranch({
    rule: "file-suffix",
    note: "six spellings",
    workflows: {
      "a.yml": push,
      "b.yaml": push,
      "c.YML": push,
      "d.Yaml": push,
      "e.yml.txt": push,
      "f.json": push,
      ".yml": push,
      "g.yml.disabled": push,
    },
  }),
  newBranch({
    rule: "file-broken",
    note: "a tab, an open bracket, a scalar, nothing at all, a comment only",
    workflows: {
      "a-tab.yml": "on: push\n\tjobs: {}\n",
      "b-bracket.yml": "on: [push\n",
      "c-scalar.yml": "hello\n",
      "d-empty.yml": "",
      "e-comment.yml": "# nothing\n",
      "f-good.yml": push,
      "g-list.yml": "- on: push\n",
    },
  }),
  newBranch({
    rule: "file-broken",
    note: "broken at one place only",
    workflows: {
      "a-steps.yml": "on: push\njobs:\n  j: { runs-on: u, steps: hello }\n",
      "b-job-list.yml": "on: push\njobs:\n  j: []\n",
      "c-job-text.yml": "on: push\njobs:\n  j: hello\n",
      "d-needs-map.yml": 'on: push\njobs:\n  j: { runs-on: u, needs: { a: b }, steps: [{ run: "true" }] }\n',
      "e-no-steps.yml": "on: push\njobs:\n  j: { runs-on: u }\n",
      "f-name-list.yml": `name: [a]\n${push}`,
      "g-env-text.yml": `env: hello\n${push}`,
      "h-unknown-key.yml": `whatever: 1\n${push}`,
    },
  }),
  update({
    rule: "file-of-pushed-commit",
    note: "main has one workflow, the branch another one",
    workflows: { "only-branch.yml": push },
    commits: [],
  }),
  {
    rule: "file-of-pushed-commit",
    note: "the branch removes main's workflow",
    commits: [
      { name: "base", files: { ...start, ...inDirectory({ "gone.yml": push, "kept.yml": push }) } },
      { name: "head", from: ["base"], files: { ".gitea/workflows/gone.yml": null } },
    ],
    before: { "refs/heads/main": "base" },
    act: { kind: "push", ref: "refs/heads/feature", to: "head" },
  },
  newBranch({
    rule: "file-encoding",
    note: "byte order mark, CRLF, two documents, %YAML, a document end",
    workflows: {
      "a-bom.yml": `\ufeff${push}`,
      "b-crlf.yml": push.replaceAll("\n", "\r\n"),
      "c-two.yml": `${push}---\non: pull_request\n${oneJob}`,
      "d-marker.yml": `---\n${push}`,
      "e-directive.yml": `%YAML 1.2\n---\n${push}`,
      "f-end.yml": `${push}...\n`,
      "g-second-counts-not.yml": `on: pull_request\n${oneJob}---\n${push}`,
    },
  }),
  newBranch({
    rule: "file-duplicate-keys",
    note: "at the top, within a filter, within a job, an alias below on, an alias elsewhere",
    workflows: {
      "a-top.yml": `on: push\non: push\n${oneJob}`,
      "b-filter.yml": on("{ push: { branches: [feature], branches: [feature] } }"),
      "c-job.yml": 'on: push\njobs:\n  j: { runs-on: u, runs-on: u, steps: [{ run: "true" }] }\n',
      "d-alias.yml": `x: &b [feature]\non: { push: { branches: *b } }\n${oneJob}`,
      "e-alias-elsewhere.yml": 'on: push\nx: &r u\njobs:\n  j: { runs-on: *r, steps: [{ run: "true" }] }\n',
      "f-anchor-only.yml": on("{ push: &p { branches: [feature] } }"),
      "g-merge-key.yml": 'on: push\nx: &d { runs-on: u }\njobs:\n  j: { <<: *d, steps: [{ run: "true" }] }\n',
    },
  }),
  newBranch({
    rule: "file-duplicate-keys",
    note: "in parts that are kept unread, and in others",
    workflows: {
      "a-events.yml": on("{ push: { branches: [other] }, push: { branches: [feature] } }"),
      "b-last-filter.yml": on("{ push: { branches: [feature], branches: [other] } }"),
      "c-inputs.yml": on("{ push: , workflow_dispatch: { inputs: { a: { type: string }, a: { type: string } } } }"),
      "d-input.yml": on("{ push: , workflow_dispatch: { inputs: { a: { type: string, type: string } } } }"),
      "e-cron.yml": on("{ push: , schedule: [{ cron: '0 3 * * *', cron: '0 4 * * *' }] }"),
      "f-env.yml": job("runs-on: u, env: { A: 1, A: 2 }"),
      "g-container.yml": job("runs-on: u, container: { image: i, image: j }"),
      "h-runs-on.yml": job("runs-on: { labels: [u], labels: [v] }"),
      "i-matrix.yml": job("runs-on: u, strategy: { matrix: { v: [1, 2], v: [3] } }"),
      "j-matrix-value.yml": job("runs-on: u, strategy: { matrix: { v: [{ n: 1, n: 2 }] } }"),
      "k-strategy.yml": job("runs-on: u, strategy: { fail-fast: true, fail-fast: false }"),
      "l-root-env.yml": `env: { A: 1, A: 2 }\n${push}`,
      "m-step-env.yml": `on: push\njobs:\n  j: { runs-on: u, steps: [{ run: "true", env: { A: 1, A: 2 } }] }\n`,
      "n-step.yml": `on: push\njobs:\n  j: { runs-on: u, steps: [{ run: "true", run: "false" }] }\n`,
      "o-permissions.yml": `permissions: { a: read, a: read }\n${push}`,
      "p-job-permissions.yml": job("runs-on: u, permissions: { a: read, a: read }"),
      "q-concurrency.yml": job("runs-on: u, concurrency: { group: g, group: h }"),
      "r-with.yml": `on: push\njobs:\n  j: { runs-on: u, steps: [{ uses: x/y@v1, with: { a: 1, a: 2 } }] }\n`,
    },
  }),
  newBranch({
    rule: "file-duplicate-keys",
    note: "aliases in place of runs-on, needs and a matrix, and within them",
    workflows: {
      "a-runs-on.yml": job("runs-on: *r", "x: &r [u]\n"),
      "b-in-list.yml": job("runs-on: [*r, v]", "x: &r u\n"),
      "c-in-labels.yml": job("runs-on: { labels: *r, group: *r }", "x: &r u\n"),
      "d-needs.yml": "on: push\nx: &n [j]\njobs:\n  j: { runs-on: u }\n  k: { runs-on: u, needs: *n }\n",
      "e-needs-list.yml": "on: push\nx: &n j\njobs:\n  j: { runs-on: u }\n  k: { runs-on: u, needs: [*n] }\n",
      "f-matrix.yml": job("runs-on: u, strategy: { matrix: *m }", "x: &m { v: [1, 2] }\n"),
      "g-matrix-list.yml": job("runs-on: u, strategy: { matrix: { v: *m } }", "x: &m [1, 2]\n"),
      "h-strategy.yml": job("runs-on: u, strategy: *s", "x: &s { matrix: { v: [1, 2] } }\n"),
      "i-job.yml": "on: push\nx: &j { runs-on: u }\njobs:\n  j: *j\n",
      "j-jobs.yml": "on: push\nx: &j { j: { runs-on: u } }\njobs: *j\n",
    },
  }),
  {
    ...newBranch({
      rule: "file-disabled",
      note: "one of two is switched off",
      workflows: { "off.yml": push, "still-on.yml": push },
    }),
    // Known to the server only once they are on the default branch.
    before: { "refs/heads/main": "setup" },
    disable: ["off.yml"],
  },
  newBranch({
    rule: "jobs-missing",
    note: "missing, null, a list, a word",
    workflows: {
      "a-missing.yml": "on: push\n",
      "b-null.yml": "on: push\njobs:\n",
      "c-list.yml": "on: push\njobs: []\n",
      "d-word.yml": "on: push\njobs: none\n",
      "e-no-on.yml": oneJob,
      "f-null-on.yml": `on:\n${oneJob}`,
    },
  }),
  newBranch({
    rule: "jobs-empty",
    note: "an empty mapping",
    workflows: { "a.yml": "on: push\njobs: {}\n", "b.yml": push },
  }),
  newBranch({
    rule: "jobs-null",
    note: "between two good files",
    workflows: { "a.yml": push, "m-null.yml": "on: push\njobs:\n  j:\n", "z.yml": push },
    silent: true,
  }),
  {
    rule: "first-push",
    note: "into an empty repository",
    commits: [
      {
        name: "head",
        files: {
          ...start,
          ...inDirectory({
            "a.yml": push,
            "p.yml": on("{ push: { paths: [docs/**] } }"),
            "n.yml": on("{ push: { paths: [none] } }"),
          }),
        },
      },
    ],
    act: { kind: "push", ref: "refs/heads/main", to: "head" },
  },
  {
    ...newBranch({
      rule: "same-commit-two-refs",
      note: "a second branch at the first one's head",
      workflows: { "a.yml": push, "b.yml": on("{ push: { branches: [second] } }") },
    }),
    before: { "refs/heads/main": "base", "refs/heads/first": "head" },
    act: { kind: "push", ref: "refs/heads/second", to: "head" },
  },
  {
    ...newBranch({
      rule: "same-commit-two-refs",
      note: "two branches in one push",
      workflows: { "a.yml": push, "b.yml": on("{ push: { branches: [other] } }") },
    }),
    act: { kind: "push", ref: "refs/heads/feature", to: "head", besides: { "refs/heads/other": "head" } },
  },
  {
    ...newBranch({ rule: "ref-deleted", note: "a branch", workflows: { "a.yml": push } }),
    before: { "refs/heads/main": "base", "refs/heads/feature": "head" },
    act: { kind: "push", ref: "refs/heads/feature", to: "" },
    silent: true,
  },
  {
    ...newTag({ rule: "ref-deleted", note: "a tag", workflows: { "a.yml": push } }),
    before: { "refs/heads/main": "base", "refs/tags/v1.0": "head" },
    act: { kind: "push", ref: "refs/tags/v1.0", to: "" },
    silent: true,
  },
  {
    ...newBranch({
      rule: "create-unfiltered",
      note: "a branch",
      workflows: {
        "a.yml": on("create"),
        "b.yml": on("{ create: { branches: [never] } }"),
        "c.yml": on("{ create: { nonsense: 1 } }"),
        "d.yml": push,
      },
    }),
    act: { kind: "create", ref: "refs/heads/feature", to: "head" },
  },
  {
    ...newBranch({
      rule: "create-unfiltered",
      note: "a tag",
      workflows: { "a.yml": on("create"), "b.yml": on("{ create: { tags: [never] } }") },
    }),
    act: { kind: "create", ref: "refs/tags/v1", to: "head" },
  },
  {
    rule: "delete-default-branch",
    note: "only main's files count",
    commits: [
      {
        name: "base",
        files: {
          ...start,
          ...inDirectory({ "on-main.yml": on("delete"), "filtered.yml": on("{ delete: { branches: [never] } }") }),
        },
      },
      { name: "head", from: ["base"], files: { ".gitea/workflows/on-branch.yml": on("delete") } },
    ],
    before: { "refs/heads/main": "base", "refs/heads/feature": "head" },
    act: { kind: "delete", ref: "refs/heads/feature", to: "base" },
  },
  newBranch({
    rule: "on-other-events",
    note: "beside push, and alone",
    workflows: {
      "a.yml": on("\n  push:\n  workflow_dispatch:\n    inputs:\n      x: { type: string }"),
      "b.yml": on("\n  push:\n  workflow_call:\n    inputs:\n      x: { type: string }"),
      "c.yml": on("workflow_dispatch"),
      "d.yml": on("\n  push:\n  schedule: [{ cron: '0 0 1 1 *' }]"),
      "e.yml": on("nonsense"),
      "f.yml": on("[push, nonsense]"),
      "g.yml": on("{ push: , nonsense: { a: { b: c } } }"),
    },
  }),
];
