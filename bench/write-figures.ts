/** `npm run bench:figures`: puts what was measured (bench/*.json) into docs/benchmarks.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { awsFigures, figuresBegin, figuresEnd } from "./aws-figures.ts";

const page = "docs/benchmarks.md";
const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const figures = awsFigures(read("bench/lambdas.json"), read("bench/aws-calls.json"));
const before = readFileSync(page, "utf8");
const [start, end] = [before.indexOf(figuresBegin), before.indexOf(figuresEnd)];
const after =
  start < 0
    ? `${before.trimEnd()}\n\n${figures}\n`
    : `${before.slice(0, start)}${figures}${before.slice(end + figuresEnd.length)}`;
writeFileSync(page, after);
