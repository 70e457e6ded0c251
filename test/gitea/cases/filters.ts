import { newBranch, newTag, type OracleCase, on, type Workflows } from "../oracle-case.ts";

/** How the filters of push combine; the head commit changes docs/a.md. */
const combinations: Workflows = {
  "00-none.yml": on("push"),
  "01-b.yml": on("{ push: { branches: [feature] } }"),
  "02-b-other.yml": on("{ push: { branches: [other] } }"),
  "03-t.yml": on("{ push: { tags: [v*] } }"),
  "04-t-other.yml": on("{ push: { tags: [w*] } }"),
  "05-p.yml": on("{ push: { paths: [docs/**] } }"),
  "06-p-other.yml": on("{ push: { paths: [src/**] } }"),
  "07-b-t.yml": on("{ push: { branches: [feature], tags: [v*] } }"),
  "08-bo-t.yml": on("{ push: { branches: [other], tags: [v*] } }"),
  "09-b-to.yml": on("{ push: { branches: [feature], tags: [w*] } }"),
  "10-b-t-p.yml": on("{ push: { branches: [feature], tags: [v*], paths: [docs/**] } }"),
  "11-b-t-po.yml": on("{ push: { branches: [feature], tags: [v*], paths: [src/**] } }"),
  "12-b-po.yml": on("{ push: { branches: [feature], paths: [src/**] } }"),
  "13-t-po.yml": on("{ push: { tags: [v*], paths: [src/**] } }"),
  "14-t-p.yml": on("{ push: { tags: [v*], paths: [docs/**] } }"),
  "15-bi.yml": on("{ push: { branches-ignore: [other] } }"),
  "16-bi-hit.yml": on("{ push: { branches-ignore: [feature] } }"),
  "17-ti.yml": on("{ push: { tags-ignore: [w*] } }"),
  "18-ti-hit.yml": on("{ push: { tags-ignore: [v*] } }"),
  "19-bi-t.yml": on("{ push: { branches-ignore: [other], tags: [v*] } }"),
  "20-b-ti.yml": on("{ push: { branches: [feature], tags-ignore: [w*] } }"),
};

const twice: Workflows = {
  "00-b-bi.yml": on("{ push: { branches: [feature], branches-ignore: [other] } }"),
  "01-b-bi-hit.yml": on("{ push: { branches: [feature], branches-ignore: [feature] } }"),
  "02-b-bi-t.yml": on("{ push: { branches: [feature], branches-ignore: [other], tags: [v*] } }"),
  "03-b-t-ti.yml": on("{ push: { branches: [feature], tags: [v*], tags-ignore: [w*] } }"),
  "04-t-ti.yml": on("{ push: { tags: [v*], tags-ignore: [w*] } }"),
  "05-t-ti-hit.yml": on("{ push: { tags: [v*], tags-ignore: [v*] } }"),
  "06-all-four.yml": on("{ push: { branches: [feature], branches-ignore: [other], tags: [v*], tags-ignore: [w*] } }"),
  "07-b-bi-p.yml": on("{ push: { branches: [feature], branches-ignore: [other], paths: [docs/**] } }"),
  "08-t-ti-p.yml": on("{ push: { tags: [v*], tags-ignore: [w*], paths: [src/**] } }"),
};

const paths: Workflows = {
  "00.yml": on("{ push: { paths: [docs/a.md] } }"),
  "01.yml": on("{ push: { paths: ['*.md'] } }"),
  "02.yml": on("{ push: { paths: ['**.md'] } }"),
  "03.yml": on("{ push: { paths: ['**/*.md'] } }"),
  "04.yml": on("{ push: { paths: ['**', '!docs/**'] } }"),
  "05.yml": on("{ push: { paths: ['!docs/**'] } }"),
  "06.yml": on("{ push: { paths: [src/**, docs/**] } }"),
  "07.yml": on("{ push: { paths: ['docs/**', '!**/*.md', docs/a*] } }"),
  "08.yml": on("{ push: { paths: [docs] } }"),
  "09.yml": on("{ push: { paths: [docs/] } }"),
  "10.yml": on("{ push: { paths: [/docs/a.md] } }"),
  "11.yml": on("{ push: { paths: [./docs/a.md] } }"),
  "12.yml": on("{ push: { paths: ['[x'] } }"),
};

const ignored: Workflows = {
  "00.yml": on("{ push: { paths-ignore: [docs/**] } }"),
  "01.yml": on("{ push: { paths-ignore: [src/**] } }"),
  "02.yml": on("{ push: { paths-ignore: ['**'] } }"),
  "03.yml": on("{ push: { paths-ignore: [docs/**, src/**] } }"),
  "04.yml": on("{ push: { paths-ignore: ['*.md'] } }"),
  "05.yml": on("{ push: { paths-ignore: ['!docs/**'] } }"),
  "06.yml": on("{ push: { paths-ignore: ['**', '!src/**'] } }"),
  "07.yml": on("{ push: { paths-ignore: ['[x'] } }"),
};

const both: Workflows = {
  "00.yml": on("{ push: { paths: [docs/**], paths-ignore: [src/**] } }"),
  "01.yml": on("{ push: { paths: [docs/**], paths-ignore: [docs/**] } }"),
  "02.yml": on("{ push: { paths: [none], paths-ignore: [src/**] } }"),
};

const docsAndSource = { "docs/a.md": "b\n", "src/app.ts": "changed\n" };

export const filters: readonly OracleCase[] = [
  newBranch({ rule: "push-unfiltered", note: "all combinations, on a branch", workflows: combinations }),
  newTag({ rule: "push-branches-and-tags", note: "all combinations, on a tag", workflows: combinations }),
  newTag({
    rule: "push-branches-only",
    note: "all combinations, on a tag that is named like the branch",
    tag: "feature",
    workflows: combinations,
  }),
  newBranch({
    rule: "push-tags-only",
    note: "all combinations, on a branch that is named like a tag",
    branch: "v1",
    workflows: combinations,
  }),
  newBranch({
    rule: "push-branches-tags-paths",
    note: "all combinations, where another path changes",
    workflows: combinations,
    change: { "src/app.ts": "x\n" },
  }),
  newTag({
    rule: "push-paths-only",
    note: "all combinations, on a tag whose commit changes nothing of them",
    workflows: combinations,
    change: { "run.sh": "x\n" },
  }),
  newBranch({ rule: "push-branches-twice", note: "on a branch", workflows: twice }),
  newTag({ rule: "push-tags-twice", note: "on a tag", workflows: twice }),
  newBranch({ rule: "push-tags-twice", note: "on a branch that fits nothing", branch: "other", workflows: twice }),
  newBranch({ rule: "paths-any", note: "one file", workflows: paths }),
  newBranch({ rule: "paths-any", note: "two files", workflows: paths, change: docsAndSource }),
  newBranch({ rule: "paths-any", note: "a file at the top", workflows: paths, change: { "NEWS.md": "n\n" } }),
  newBranch({ rule: "paths-ignore-all", note: "one file", workflows: ignored }),
  newBranch({ rule: "paths-ignore-all", note: "two files", workflows: ignored, change: docsAndSource }),
  newBranch({ rule: "paths-both", note: "one file", workflows: both }),
  newBranch({ rule: "paths-both", note: "two files", workflows: both, change: docsAndSource }),
];
