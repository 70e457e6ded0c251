import { jobs, newBranch, type OracleCase, oneJob } from "../oracle-case.ts";

/** What jobs the server makes of a workflow. */
export const jobPlans: readonly OracleCase[] = [
  newBranch({
    rule: "job-names",
    note: "ids, names, expressions in names",
    workflows: {
      "a.yml": jobs('  j: { runs-on: u, name: "A name", STEPS }\n  k_1-x: { runs-on: u, STEPS }'),
      "b.yml": jobs('  j: { runs-on: u, name: "on ${{ github.ref_name }}", STEPS }'),
      "c.yml": jobs(
        '  j: { runs-on: u, name: "", STEPS }\n  k: { runs-on: u, name: 5, STEPS }\n  l: { runs-on: u, name: , STEPS }',
      ),
      "d.yml": jobs(`  j: { runs-on: u, name: "${"n".repeat(300)}", STEPS }`),
    },
  }),
  newBranch({
    rule: "job-needs",
    note: "a word, a list, a chain",
    workflows: {
      "a.yml": jobs(
        "  a: { runs-on: u, STEPS }\n  b: { runs-on: u, needs: a, STEPS }\n  c: { runs-on: u, needs: [a, b], STEPS }",
      ),
      "b.yml": jobs(
        "  z: { runs-on: u, STEPS }\n  a: { runs-on: u, needs: z, STEPS }\n  m: { runs-on: u, needs: [], STEPS }",
      ),
      "c.yml": jobs("  a: { runs-on: u, STEPS }\n  b: { runs-on: u, needs: a, if: always(), STEPS }"),
    },
  }),
  newBranch({
    rule: "job-needs-broken",
    note: "unknown, itself, a circle",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, needs: nobody, STEPS }\n  b: { runs-on: u, STEPS }"),
      "b.yml": jobs("  a: { runs-on: u, needs: a, STEPS }"),
      "c.yml": jobs("  a: { runs-on: u, needs: b, STEPS }\n  b: { runs-on: u, needs: a, STEPS }"),
    },
  }),
  newBranch({
    rule: "job-if",
    note: "false, a false expression, cancelled",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, if: false, STEPS }\n  b: { runs-on: u, if: true, STEPS }"),
      "b.yml": jobs("  a: { runs-on: u, if: \"github.ref == 'refs/heads/never'\", STEPS }"),
      "c.yml": jobs('  a: { runs-on: u, if: cancelled(), STEPS }\n  b: { runs-on: u, if: "${{ failure() }}", STEPS }'),
    },
  }),
  newBranch({
    rule: "job-runs-on",
    note: "without expressions",
    workflows: {
      "a.yml": jobs(
        "  a: { runs-on: ubuntu-latest, STEPS }\n  b: { runs-on: [self-hosted, linux], STEPS }\n  c: { runs-on: { labels: [x, y], group: g }, STEPS }",
      ),
      "b.yml": jobs(
        "  a: { runs-on: { labels: x }, STEPS }\n  b: { runs-on: { group: g }, STEPS }\n  c: { runs-on: [], STEPS }",
      ),
      "c.yml": jobs(
        "  a: { STEPS }\n  b: { runs-on: , STEPS }\n  c: { runs-on: [a, a], STEPS }\n  d: { runs-on: 1.50, STEPS }",
      ),
      "d.yml": jobs("  a: { runs-on: [a, [b, c]], STEPS }\n  b: { runs-on: { labels: }, STEPS }"),
    },
  }),
  newBranch({
    rule: "job-runs-on",
    note: "with expressions",
    workflows: {
      "a.yml": jobs(
        '  a: { runs-on: "${{ github.ref_name }}", STEPS }\n  b: { runs-on: "on-${{ github.event_name }}", STEPS }\n  c: { runs-on: [a, "${{ github.ref_type }}"], STEPS }',
      ),
      "b.yml": jobs(
        '  a: { runs-on: "${{ vars.NOBODY || \'fallback\' }}", STEPS }\n  b: { runs-on: "${{ vars.NOBODY }}", STEPS }',
      ),
      "c.yml": jobs(
        '  a: { runs-on: "${{ fromJSON(\'[\\"x\\",\\"y\\"]\') }}", STEPS }\n  b: { runs-on: "${{ env.X }}", STEPS }',
      ),
      "d.yml": jobs('  a: { strategy: { matrix: { os: [l, w] } }, runs-on: "${{ matrix.os }}", STEPS }'),
    },
  }),
  newBranch({
    rule: "job-uses",
    note: "a local workflow, beside a plain job",
    workflows: {
      "a.yml": jobs("  a: { uses: ./.gitea/workflows/called.yml }\n  b: { runs-on: u, STEPS }"),
      "called.yml": `on: { workflow_call: }\n${oneJob}`,
    },
  }),
  newBranch({
    rule: "matrix-product",
    note: "one list, two lists, numbers, booleans, null",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [10, 9, 20] } }, STEPS }"),
      "b.yml": jobs("  a: { runs-on: u, strategy: { matrix: { z: [1, 2], a: [x, y] } }, STEPS }"),
      "c.yml": jobs('  a: { runs-on: u, strategy: { matrix: { v: [true, ~, 1.10, "1.10", 0x10, 1e3] } }, STEPS }'),
      "d.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: [[1, 2], { n: 1 }] } }, STEPS }"),
      "e.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: [a, a, b] } }, STEPS }"),
    },
  }),
  newBranch({
    rule: "matrix-product",
    note: "300 jobs",
    workflows: {
      "a.yml": jobs(
        `  a: { runs-on: u, strategy: { matrix: { n: [${Array.from({ length: 300 }, (_, n) => n)}] } }, STEPS }`,
      ),
    },
  }),
  newBranch({
    rule: "matrix-exclude",
    note: "a full one, a partial one, another type, all, an unknown key",
    workflows: {
      "a.yml": jobs(
        "  a: { runs-on: u, strategy: { matrix: { n: [1, 2], o: [x, y], exclude: [{ n: 1, o: x }] } }, STEPS }",
      ),
      "b.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], o: [x, y], exclude: [{ n: 1 }] } }, STEPS }"),
      "c.yml": jobs('  a: { runs-on: u, strategy: { matrix: { n: [1, 2], exclude: [{ n: "1" }] } }, STEPS }'),
      "d.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], exclude: [{ n: 1 }, { n: 2 }] } }, STEPS }"),
      "e.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], exclude: [{ m: 1 }] } }, STEPS }"),
      "f.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], exclude: [{ n: 1, m: 1 }] } }, STEPS }"),
      "g.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], exclude: [] } }, STEPS }"),
    },
  }),
  newBranch({
    rule: "matrix-include",
    note: "extending, adding, alone, overwriting",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], include: [{ n: 1, e: x }] } }, STEPS }"),
      "b.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], include: [{ n: 3 }] } }, STEPS }"),
      "c.yml": jobs("  a: { runs-on: u, strategy: { matrix: { n: [1, 2], include: [{ e: x }] } }, STEPS }"),
      "d.yml": jobs("  a: { runs-on: u, strategy: { matrix: { include: [{ a: 1 }, { a: 2, b: 3 }] } }, STEPS }"),
      "e.yml": jobs(
        "  a: { runs-on: u, strategy: { matrix: { n: [1, 2], include: [{ n: 1, e: x }, { n: 1, e: y }] } }, STEPS }",
      ),
      "f.yml": jobs(
        "  a: { runs-on: u, strategy: { matrix: { n: [1, 2], o: [x], include: [{ n: 1, o: z }, { o: x, c: g }] } }, STEPS }",
      ),
      "g.yml": jobs(
        "  a: { runs-on: u, strategy: { matrix: { fruit: [apple, pear], animal: [cat, dog], include: [{ color: green }, { color: pink, animal: cat }, { fruit: apple, shape: circle }, { fruit: banana }, { fruit: banana, animal: cat }] } }, STEPS }",
      ),
    },
  }),
  newBranch({
    rule: "matrix-names",
    note: "a constant name, an expression, the strategy context",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, name: fixed, strategy: { matrix: { n: [1, 2] } }, STEPS }"),
      "b.yml": jobs('  a: { runs-on: u, name: "on ${{ matrix.n }}", strategy: { matrix: { n: [1, 2] } }, STEPS }'),
      "c.yml": jobs('  a: { runs-on: u, name: "${{ github.ref_name }}", strategy: { matrix: { n: [1, 2] } }, STEPS }'),
      "d.yml": jobs(
        '  a: { runs-on: u, name: "${{ strategy.job-index }}-${{ matrix.n }}", strategy: { matrix: { n: [1, 2] } }, STEPS }',
      ),
      "e.yml": jobs('  a: { runs-on: u, name: "${{ matrix.m }}x", strategy: { matrix: { n: [1, 2] } }, STEPS }'),
    },
  }),
  newBranch({
    rule: "matrix-no-list",
    note: "a mapping, a word, an expression, an empty list, an empty matrix",
    workflows: {
      "a.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: { a: 1 } } }, STEPS }"),
      "b.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: 1 } }, STEPS }"),
      "c.yml": jobs("  a: { runs-on: u, strategy: { matrix: \"${{ fromJSON('{}') }}\" }, STEPS }"),
      "d.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: [] } }, STEPS }"),
      "e.yml": jobs("  a: { runs-on: u, strategy: { matrix: {} }, STEPS }"),
      "f.yml": jobs("  a: { runs-on: u, strategy: { fail-fast: false }, STEPS }"),
      "g.yml": jobs("  a: { runs-on: u, strategy: { matrix: { v: \"${{ fromJSON('[1]') }}\" } }, STEPS }"),
    },
  }),
];
