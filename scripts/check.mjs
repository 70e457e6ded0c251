// `npm run check`: everything that reads the code without running it. All checks run; the summary says which failed.
import { spawnSync } from "node:child_process";

const checks = [
  ["format and lint", "biome", ["check", "--error-on-warnings", "."]],
  ["types", "tsc", ["--noEmit", "-p", "."]],
  ["import rules", "depcruise", ["--config", ".dependency-cruiser.mjs", "bin", "lib", "lambdas"]],
  ["dead code", "knip", ["--no-progress"]],
];

let failed = 0;
for (const [name, tool, argv] of checks) {
  const started = Date.now();
  const run = spawnSync(`node_modules/.bin/${tool}`, argv, { encoding: "utf8", maxBuffer: 1 << 26 });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (run.status === 0) console.log(`ok      ${name} (${seconds} s)`);
  else {
    failed++;
    console.log(`FAILED  ${name} (${seconds} s)\n${run.stdout ?? ""}${run.stderr ?? ""}${run.error?.message ?? ""}`);
  }
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
