import { newBranch, newTag, type OracleCase, on, pull, update } from "../oracle-case.ts";

const workflows = {
  "a.yml": on("push"),
  "b.yml": on("{ push: { branches: [feature] } }"),
  "p.yml": on("pull_request"),
};

function said(message: string, silent?: boolean): OracleCase {
  return newBranch({
    rule: "skip-strings",
    note: JSON.stringify(message),
    workflows,
    message,
    ...(silent ? { silent } : {}),
  });
}

function exact(message: string): OracleCase {
  return newBranch({ rule: "skip-exact", note: JSON.stringify(message), workflows, message });
}

export const skipping: readonly OracleCase[] = [
  said("docs [skip ci]", true),
  said("[ci skip] docs", true),
  said("docs\n\nbody [no ci] here", true),
  said("docs\n\n[skip actions]\n", true),
  said("x[actions skip]y", true),
  exact("docs [Skip CI]"),
  exact("docs [SKIP CI]"),
  exact("docs [skip  ci]"),
  exact("docs\n\n\nskip-checks: true\n"),
  exact("docs skip ci"),
  exact("docs ***NO_CI***"),
  update({
    rule: "skip-head-only",
    note: "the commit below says it",
    workflows,
    commits: [{ name: "middle", from: ["setup"], files: { "src/app.ts": "m" }, message: "m [skip ci]" }],
    from: ["middle"],
  }),
  update({
    rule: "skip-head-only",
    note: "only the head says it",
    workflows,
    commits: [{ name: "middle", from: ["setup"], files: { "src/app.ts": "m" } }],
    from: ["middle"],
    message: "h [skip ci]",
    silent: true,
  }),
  newTag({ rule: "skip-tag", note: "the push of the tag", workflows, message: "h [skip ci]", silent: true }),
  {
    ...newTag({
      rule: "skip-tag",
      note: "the create event of the tag",
      workflows: { "c.yml": on("create") },
      message: "h [skip ci]",
    }),
    act: { kind: "create", ref: "refs/tags/v1.0", to: "head" },
  },
  pull({ rule: "skip-pull", note: "the title says it", workflows, title: "x [skip ci]", silent: true }),
  pull({ rule: "skip-pull", note: "the head commit says it", workflows, message: "h [ci skip]", silent: true }),
  pull({ rule: "skip-pull", note: "the title says it in capitals", workflows, title: "x [SKIP CI]" }),
  pull({
    rule: "skip-pull",
    note: "a label on a skipped pull request",
    workflows: { "l.yml": on("{ pull_request: { types: [labeled] } }") },
    title: "x [skip ci]",
    steps: [{ kind: "add-label" }],
  }),
];
