/**
 * What a person waits for `dayfly explain`, from the shell, in a repository made for the purpose, and what the engine
 * itself takes. Run it with `node scripts/run.mjs bench/explain.ts`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { planEvent } from "../lib/core/plan/plan.ts";

const runs = 15;
const workflows = 20;

const folder = mkdtempSync(join(tmpdir(), "dayfly-bench-"));
try {
  const files = makeRepository(folder);
  const entry = join(process.cwd(), "bin", "dayfly.mjs");
  const shell = measure(() => {
    const { status } = spawnSync(process.execPath, [entry, "explain", "--json"], { cwd: folder, stdio: "ignore" });
    if (status !== 0) throw new Error(`explain ended with ${status}`);
  });
  const bare = measure(() => void spawnSync(process.execPath, ["-e", "0"], { stdio: "ignore" }));
  const engine = measure(() => void decide(files));
  console.log(`explain from the shell, ${workflows} workflows: ${shell}`);
  console.log(`node that does nothing:                   ${bare}`);
  console.log(`the engine alone, files new each time:    ${engine}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function decide(files: Readonly<Record<string, string>>): unknown {
  return planEvent({
    dialect: { forge: "github" },
    event: { name: "push", ref: "refs/heads/main" },
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    changed: { kind: "files", paths: ["src/a.ts"] },
  });
}

/** Twenty files of some 60 lines: filters, a matrix, needs, conditions. */
function makeRepository(top: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let n = 0; n < workflows; n++) files[`.github/workflows/w${n}.yml`] = workflowText(n);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
  const git = (...argv: string[]) => execFileSync("git", ["-C", top, ...argv], { stdio: "ignore" });
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git(...who, "commit", "--quiet", "-m", "first");
  mkdirSync(join(top, "src"));
  writeFileSync(join(top, "src/a.ts"), "1");
  git("add", "--all");
  git(...who, "commit", "--quiet", "-m", "second");
  return files;
}

function workflowText(n: number): string {
  const steps = Array.from({ length: 12 }, (_, step) => `      - name: step ${step}\n        run: echo ${step}\n`).join(
    "",
  );
  return `name: w${n}
on:
  push: { branches: [main, "release/**"], paths: ["src/**", "!src/**/*.md"] }
  pull_request:
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy: { matrix: { os: [ubuntu-latest, ubuntu-24.04], node: [20, 22, 24] } }
    steps:
${steps}  deploy:
    needs: test
    if: github.ref == 'refs/heads/main' && github.event_name == 'push'
    runs-on: ubuntu-latest
    steps:
${steps}`;
}

/** `median 312 ms, from 290 to 350`; the first call, which warms caches, does not count. */
function measure(call: () => void): string {
  call();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const from = performance.now();
    call();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const show = (time: number | undefined) => (time ?? 0).toFixed(0);
  return `median ${show(times[Math.floor(runs / 2)])} ms, from ${show(times[0])} to ${show(times.at(-1))}`;
}
