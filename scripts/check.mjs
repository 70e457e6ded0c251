// `npm run check`: everything that reads the code without running it. All checks run; the summary says which failed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const checks = [
  ["format and lint", "biome", ["check", "--error-on-warnings", "."]],
  ["types", "tsc", ["--noEmit", "-p", "."]],
  ["import rules", "depcruise", ["--config", ".dependency-cruiser.mjs", "bin", "lib", "lambdas"]],
  ["dead code", "knip", ["--no-progress"]],
  ["runtime packages", "node", ["scripts/runtime-packages.mjs"]],
];
/** Tools that are not packages of ours. */
const ofTheSystem = ["shellcheck", "node"];
const places = ["*.sh", "*.bash", "*/bin/*", "target-host/examples", "docs/examples", "test/*/fakes/*"];
const scripts = spawnSync("git", ["ls-files", ...places], { encoding: "utf8" });
// The parts of deployctl are one program: they are read by way of bin/deployctl.
const shells = scripts.stdout
  .split("\n")
  .filter(
    (path) =>
      (/\.(sh|bash)$/.test(path) || (/\/[a-z0-9-]+$/.test(path) && isShell(path))) &&
      !path.includes("/opt/dayfly/lib/"),
  );
if (shells.length > 0 && spawnSync("shellcheck", ["--version"]).status === 0)
  checks.push(["shell", "shellcheck", ["-x", "-s", "bash", ...shells]]);
else console.log("skipped shell: needs shellcheck (apt-get install shellcheck) and a git checkout");

let failed = 0;
for (const [name, tool, argv] of checks) {
  const started = Date.now();
  const run = spawnSync(ofTheSystem.includes(tool) ? tool : `node_modules/.bin/${tool}`, argv, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (run.status === 0) console.log(`ok      ${name} (${seconds} s)`);
  else {
    failed++;
    console.log(`FAILED  ${name} (${seconds} s)\n${run.stdout ?? ""}${run.stderr ?? ""}${run.error?.message ?? ""}`);
  }
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Without an ending, the first line tells. */
function isShell(path) {
  return /^#!.*\b(ba)?sh\b/.test(readFileSync(path, "utf8").slice(0, 80));
}
