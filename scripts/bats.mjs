// `npm run test:machine`: the scripts that live on machines and on deploy targets, with fakes on PATH. One file a processor at a time; each file's
// results are printed when it has ended, those of failed ones last.
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

for (const tool of ["bats", "jq", "flock"]) {
  if (spawnSync(tool, ["--version"]).error) {
    console.error(`test:machine needs ${tool}: apt-get install bats jq util-linux`);
    process.exit(3);
  }
}

const folder = "test/machine";
const names = readdirSync(folder).filter((name) => name.endsWith(".bats"));
// The long ones first, so that none is left alone at the end.
const files = names.toSorted((a, b) => Number(b.startsWith("deployctl")) - Number(a.startsWith("deployctl")));
const failed = [];
await Promise.all(Array.from({ length: availableParallelism() }, work));
for (const report of failed) console.log(report);
console.log(`${names.length - failed.length} files passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function work() {
  for (let name = files.shift(); name !== undefined; name = files.shift()) {
    const { code, output } = await bats(join(folder, name));
    const report = `${name}\n${output.trimEnd()}`;
    if (code === 0) console.log(report);
    else failed.push(report);
  }
}

function bats(file) {
  return new Promise((resolve, reject) => {
    const child = spawn("bats", [file, ...process.argv.slice(2)], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
