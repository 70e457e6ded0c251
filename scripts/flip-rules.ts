/**
 * Breaks the rules by which triggers are decided, one at a time, and wants a golden case to notice each.
 *
 * in:  lib/core, test/cases. What is broken: every dialect switch (`dialect.forge === …`, `giteaFrom(…)`), and what stands
 *      below a comment `// rule <name>: …`: a condition is negated; with `item by item` each text of a list is taken out, with
 *      `word by word` each word of its texts and each of its keys is spelt wrong;
 *      with `[a → b]` in the comment a becomes b.
 * out: one line for each that nobody noticed; exit code 1 where there is one.
 *
 * `npm run test:rules`, or with a part of a name: `npm run test:rules -- skip`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { planEvent } from "../lib/core/plan/plan.ts";
import { type Check, differences, readCases } from "../test/core/golden-case.ts";

const root = pathToFileURL(`${process.cwd()}/`);
const core = new URL("lib/core/", root);
const cases = new URL("test/cases/", root);
/** Inside node_modules, so that a bundle there finds the packages that it imports. */
const scratch = new URL("node_modules/.cache/dayfly-rules/", root);
/** The files that decide what an event starts, and which jobs it makes. */
const judged = /^(trigger|workflow|plan)\/|^webhook\/(gitea|github)-events\.ts$/;
/** Beside the engine: proved by tests of their own. */
const elsewhere = [
  "trigger/pull-request.ts",
  "plan/compare-plan.ts",
  "plan/placement.ts",
  "workflow/workflow-directories.ts",
];

interface Flip {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

function flipsOf(file: string): Flip[] {
  const text = readFileSync(new URL(file, core), "utf8");
  return [...switchFlips(file, text), ...ruleFlips(file, text)];
}

function switchFlips(file: string, text: string): Flip[] {
  const flips: Flip[] = [];
  const replace = (pattern: RegExp, by: (found: string) => string) => {
    for (const found of text.matchAll(pattern)) {
      const line = text.slice(0, found.index).split("\n").length;
      const mutant = text.slice(0, found.index) + by(found[0]) + text.slice(found.index + found[0].length);
      flips.push({ file, line, name: `switch ${found[0]}`, text: mutant });
    }
  };
  replace(/\bforge === "(gitea|github)"/g, (found) => found.replace("===", "!=="));
  replace(/(?<!import .*)!?giteaFrom\(dialect[^)]*\)/g, (found) =>
    found.startsWith("!") ? found.slice(1) : `!${found}`,
  );
  return flips;
}

function ruleFlips(file: string, text: string): Flip[] {
  const lines = text.split("\n");
  return lines.flatMap((comment, i) => {
    const found = /^\s*\/\/ rule ([a-z0-9-]+)(, item by item|, word by word)?(?: \[(.+) → (.+)\])?: /.exec(comment);
    if (!found) return [];
    const [, name = "", by, from, to] = found;
    const start = lines.slice(0, i + 1).join("\n").length + 1;
    const rest = text.slice(start);
    const mutants = mutantsOf(rest, by, from === undefined ? undefined : [from, to ?? ""]);
    if (mutants.length === 0 || mutants.includes(rest))
      throw new Error(`${file}:${i + 1}: nothing to flip for ${name}`);
    return mutants.map((mutant) => ({ file, line: i + 2, name: `rule ${name}`, text: text.slice(0, start) + mutant }));
  });
}

function mutantsOf(rest: string, by: string | undefined, change: readonly [string, string] | undefined): string[] {
  if (by === ", item by item") return withoutItems(rest);
  if (by === ", word by word") return misspelt(rest);
  return [change ? rest.replace(...change) : negated(rest)];
}

/** One word wrong in each, up to the end of the declaration; a word of a type or a function's name is none. */
function misspelt(rest: string): string[] {
  const end = rest.indexOf(";\n");
  const texts = [...rest.slice(0, end).matchAll(/"[^"]*"|`[^`]*`|^ {2}[a-z_]+(?=: )/gm)];
  return texts.flatMap(({ 0: text, index }) => {
    const words = [...text.matchAll(/[a-z][a-z_-]*(?![a-z_}-])/g)].filter((word) => text[word.index - 1] !== "{");
    return words.map((word) => `${rest.slice(0, index + word.index)}x${rest.slice(index + word.index)}`);
  });
}

/** `if (a)` → `if (!(a))`, `return a;` → `return !(a);`, `const b = a;` → `const b = !(a);` */
function negated(rest: string): string {
  const condition = /^\s*(?:(?:\} )?else )?if \(/.exec(rest);
  if (condition) {
    const open = condition[0].length;
    const close = closing(rest, open);
    return `${rest.slice(0, open)}!(${rest.slice(open, close)})${rest.slice(close)}`;
  }
  return rest.replace(/^(\s*(?:return|const \w+ =) )([^;]+);/, "$1!($2);");
}

/** Index of the parenthesis that closes the one before `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  throw new Error("an open parenthesis");
}

function withoutItems(rest: string): string[] {
  const end = rest.indexOf("];");
  const items = [...rest.slice(0, end).matchAll(/"[^"]+",?/g)];
  return items.map(({ 0: item, index }) => rest.slice(0, index) + rest.slice(index + item.length));
}

async function planWith(flip: Flip | undefined, number: number): Promise<typeof planEvent> {
  const outfile = new URL(`${number}.mjs`, scratch);
  const result = await build({
    entryPoints: [new URL("plan/plan.ts", core).pathname],
    bundle: true,
    packages: "external",
    format: "esm",
    write: false,
    logLevel: "silent",
    plugins: flip
      ? [
          {
            name: "flip",
            setup: ({ onLoad }) => {
              onLoad({ filter: /\.ts$/ }, ({ path }) =>
                path === new URL(flip.file, core).pathname ? { contents: flip.text, loader: "ts" } : undefined,
              );
            },
          },
        ]
      : [],
  });
  writeFileSync(outfile, result.outputFiles[0]?.contents ?? "");
  return (await import(pathToFileURL(outfile.pathname).href)).planEvent;
}

function isNoticed(checks: readonly Check[], plan: typeof planEvent): boolean {
  return checks.some((check) => {
    try {
      return differences(check, plan).length > 0;
    } catch {
      return true;
    }
  });
}

async function main(): Promise<void> {
  const wanted = process.argv[2] ?? "";
  const checks = readdirSync(cases)
    .filter((name) => name.endsWith(".yml"))
    .flatMap((name) => readCases(name, readFileSync(new URL(name, cases), "utf8")));
  const flips = readdirSync(fileURLToPath(core), { recursive: true, encoding: "utf8" })
    .filter((file) => judged.test(file) && !elsewhere.includes(file))
    .flatMap(flipsOf)
    .filter(({ name, file }) => `${file} ${name}`.includes(wanted));
  mkdirSync(scratch, { recursive: true });
  if (isNoticed(checks, await planWith(undefined, 0))) throw new Error("the cases are red already: run npm test first");
  let unnoticed = 0;
  for (const [i, flip] of flips.entries()) {
    if (isNoticed(checks, await planWith(flip, i + 1))) continue;
    unnoticed++;
    console.log(`NOT NOTICED  lib/core/${flip.file}:${flip.line}  ${flip.name}`);
  }
  console.log(`${flips.length} flips, ${flips.length - unnoticed} noticed by ${checks.length} checks`);
  process.exitCode = unnoticed === 0 && flips.length > 0 ? 0 : 1;
}

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
