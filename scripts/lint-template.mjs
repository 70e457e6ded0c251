// `npm run test:template`: synthesises two stacks and has AWS's own cfn-lint read them.
// cfn-lint is a Python program: without that version on the PATH it is put into a virtual environment below node_modules/.cache.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = "1.58.0";
const files = ["docs/examples/dayfly.yaml", "test/stack/everything.yaml"];
/** W3005: CDK says twice that a function needs its role. W3010: zones are named on purpose, in dayfly.yaml. */
const ignored = ["W3005", "W3010"];

const lint = found("cfn-lint") ? "cfn-lint" : installed();
let failed = 0;
for (const file of files) failed += read(file) ? 0 : 1;
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Older ones do not know newer properties. */
function found(program) {
  return String(spawnSync(program, ["--version"]).stdout).trim() === `cfn-lint ${version}`;
}

function installed() {
  const folder = join("node_modules", ".cache", `cfn-lint-${version}`);
  const program = join(folder, "bin", "cfn-lint");
  if (existsSync(program) && found(program)) return program;
  must("python3", ["-m", "venv", "--clear", folder]);
  must(join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", `cfn-lint==${version}`]);
  return program;
}

function read(file) {
  const output = mkdtempSync(join(tmpdir(), "dayfly-template-"));
  try {
    const env = { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ config: file }) };
    must(process.execPath, ["bin/stack.mjs"], env);
    const templates = readdirSync(output).filter((name) => name.endsWith(".template.json"));
    const argv = ["--format", "parseable", "--ignore-checks", ...ignored, "--", ...templates];
    const { status, stdout, stderr } = spawnSync(lintPath(), argv, { cwd: output, encoding: "utf8" });
    console.log(`${status === 0 ? "ok     " : "FAILED "} ${file}\n${stdout}${stderr}`.trimEnd());
    return status === 0 && templates.length > 0;
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** It runs in the folder of the template, so that its lines are short. */
function lintPath() {
  return lint.includes("/") ? join(process.cwd(), lint) : lint;
}

function must(program, argv, env = process.env) {
  const { status, stderr, error } = spawnSync(program, argv, { encoding: "utf8", env });
  if (status === 0) return;
  console.error(`test:template: ${program} ${argv.join(" ")} failed\n${stderr ?? ""}${error?.message ?? ""}`);
  process.exit(3);
}
