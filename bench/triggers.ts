/**
 * What deciding triggers costs: the matcher beside two glob libraries and the engine's RegExp on ordinary and on hostile work,
 * whole events, and the worst files that we accept. Ratios, because machines differ.
 *
 * `npm run bench`
 */
import { Minimatch } from "minimatch";
import picomatch from "picomatch";
import { github } from "../lib/core/dialect.ts";
import { planEvent } from "../lib/core/plan/plan.ts";
import { readPatterns } from "../lib/core/trigger/filter.ts";
import { limits } from "../lib/core/workflow/yaml-tree.ts";

const at = { line: 1, column: 1 };
const rounds = 15;

/** Milliseconds of the fastest of several rounds: the others measure the machine's other work. */
function fastest(run: () => void, times = rounds): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    run();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

/** The same in processor time, for work so long that other programs get in between. */
function fastestCpu(run: () => void, times = rounds): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

type Fits = (name: string) => boolean;

function ours(pattern: string): Fits {
  const [compiled] = readPatterns(github, [{ text: pattern, at }]).patterns;
  if (!compiled) throw new Error(`no pattern: ${pattern}`);
  const work = { steps: Number.MAX_SAFE_INTEGER };
  return (name) => compiled.matches(name, work);
}

function withMinimatch(pattern: string): Fits {
  const compiled = new Minimatch(pattern, { dot: true, nobrace: true, noext: true, nonegate: true, nocomment: true });
  return (name) => compiled.match(name);
}

function withPicomatch(pattern: string): Fits {
  return picomatch(pattern, { dot: true, nobrace: true, noextglob: true, nonegate: true, strictSlashes: true });
}

/** The translation that a forge would use; the patterns here are ours, never foreign. */
function withRegExp(pattern: string): Fits {
  const signs: Record<string, string> = { "**/": "(.+/)?", "**": ".*", "*": "[^/]*", ".": "\\." };
  const compiled = new RegExp(`^${pattern.replace(/\*\*\/|\*\*|\*|\./g, (sign) => signs[sign] ?? sign)}$`, "s");
  return (name) => compiled.test(name);
}

const engines = { Dayfly: ours, minimatch: withMinimatch, picomatch: withPicomatch, "V8 RegExp": withRegExp };

const ordinary = [
  ..."** * src/** docs/** **.js **/*.ts src/**/*.ts *.md **/docs/** **/*src/** package.json lib/*/index.ts".split(" "),
  ..."test/**/*.test.ts .github/workflows/*.yml **/README.md release/* apps/web/** packages/*/src/** **/migrate-*.sql".split(
    " ",
  ),
];
const folders = "src lib test docs apps/web packages/core/src packages/ui/test scripts .github/workflows db/sept".split(
  " ",
);
const endings = "ts js md json test.ts".split(" ");
const paths = Array.from({ length: 300 }, (_, i) => {
  return `${folders[i % folders.length]}/module-${i}/part${i % 7}/file-name-${i}.${endings[i % endings.length]}`;
});

function compareOrdinary(): void {
  console.log(
    `\n| ${ordinary.length} ordinary patterns × ${paths.length} paths | ns a pair | times Dayfly |\n|---|---|---|`,
  );
  let base = 0;
  for (const [name, compile] of Object.entries(engines)) {
    const compiled = ordinary.map(compile);
    const run = () => {
      for (const fits of compiled) for (const path of paths) fits(path);
    };
    const nanoseconds = (fastest(run) * 1e6) / (ordinary.length * paths.length);
    base ||= nanoseconds;
    console.log(`| ${name} | ${nanoseconds.toFixed(0)} | ${(nanoseconds / base).toFixed(1)} |`);
  }
}

/** Short enough that the backtracking engines end within the same day. */
function compareHostile(): void {
  const hostile: readonly [pattern: string, name: string][] = [
    ["**a**a**a**b", "a".repeat(120)],
    ["*a*a*a*a*b", "a".repeat(60)],
    ["**/**/**/**/x", "a/".repeat(60)],
  ];
  console.log("\n| hostile pattern, name | Dayfly µs | minimatch | picomatch | V8 RegExp |\n|---|---|---|---|---|");
  for (const [pattern, name] of hostile) {
    const times = Object.values(engines).map((compile) => {
      const fits = compile(pattern);
      return fastest(() => fits(name), 5);
    });
    const [base = 1] = times;
    const others = times.slice(1).map((time) => `× ${(time / base).toFixed(0)}`);
    console.log(`| \`${pattern}\`, ${name.length} characters | ${(base * 1000).toFixed(1)} | ${others.join(" | ")} |`);
  }
}

function event(files: readonly { path: string; text: string }[], changed: readonly string[]) {
  const push = { name: "push", ref: "refs/heads/main", before: "b".repeat(40), after: "a".repeat(40) };
  return { dialect: github, event: push, files, changed: { kind: "files" as const, paths: changed } };
}

const jobs = "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n";

function wholeEvents(): void {
  const files = (salt: number) =>
    Array.from({ length: 50 }, (_, i) => ({
      path: `.github/workflows/w${i}.yml`,
      text: `# ${salt}\non:\n  push:\n    branches: [main, "release/**"]\n    paths: ["never-${i}/**", "**/*.none", "x/*.y"]\n${jobs}`,
    }));
  let salt = 0;
  const cold = fastestCpu(() => planEvent(event(files(++salt), paths)), 60);
  const known = files(0);
  const warm = fastestCpu(() => planEvent(event(known, paths)));
  console.log("\n| whole event | ms of processor time |\n|---|---|");
  console.log(`| 50 workflows never seen × 300 changed files | ${cold.toFixed(1)} |`);
  console.log(`| the same, files read before | ${warm.toFixed(1)} |`);
}

/** At the caps: what is accepted and takes longest. */
function worstFiles(): void {
  const fill = (head: string, unit: string, tail = "", size: number = limits.bytes - 200) =>
    head + unit.repeat(Math.floor((size - head.length - tail.length) / unit.length)) + tail;
  const step = "      - name: one more\n        run: |\n          npm ci\n          npm test\n";
  const worst: Record<string, string> = {
    "ordinary, 128 KiB": fill(`on: push\n${jobs}`, step),
    "14,000 flat keys": `${Array.from({ length: 14_000 }, (_, i) => `k${i}: 1`).join("\n")}\non: push\n${jobs}`,
    "59,000 tokens of empty lists": fill("x: [", "[],", `]\non: push\n${jobs}`, 59_000),
    "100 deep": `x: ${"[".repeat(95)}${"]".repeat(95)}\non: push\n${jobs}`,
    "1 MiB": fill(`on: push\n${jobs}`, step, "", 1 << 20),
    "60,000 flat keys": `${Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join("\n")}\non: push\n${jobs}`,
    "20,000 deep": `x: ${"[".repeat(20_000)}\non: push\n${jobs}`,
    "alias bomb": `a0: &a0 x\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`).join("\n")}\non: push\n${jobs}`,
    "errors only": fill("on: push\nx: [", "x\n", "", 40_000),
    "1,000 patterns × 3,000 paths": `on:\n  push:\n    paths:\n${Array.from({ length: 1000 }, (_, i) => `      - "**a**a**${i}**b"\n`).join("")}${jobs}`,
  };
  const names = Array.from({ length: 3000 }, (_, i) => `${"a".repeat(200)}/${i}`);
  console.log("\n| worst files | KiB | decided in ms of processor time | as |\n|---|---|---|---|");
  let total = 0;
  for (const [name, text] of Object.entries(worst)) {
    let salt = 0;
    let decision = "";
    const run = () => {
      const path = ".github/workflows/w.yml";
      decision = planEvent(event([{ path, text: `${text}#${++salt}` }], names)).workflows[0]?.decision ?? "";
    };
    const time = fastestCpu(run, 7);
    total += time;
    console.log(`| ${name} | ${(text.length / 1024).toFixed(0)} | ${time.toFixed(0)} | ${decision} |`);
  }
  console.log(`| on average | | ${(total / Object.keys(worst).length).toFixed(0)} | |`);
}

compareOrdinary();
compareHostile();
wholeEvents();
worstFiles();
console.log(`\nMost memory that the whole benchmark took: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB.`);
