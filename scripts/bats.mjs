// `npm run test:machine`: the scripts that live on machines and on deploy targets, with fakes on PATH.
import { spawnSync } from "node:child_process";

for (const tool of ["bats", "jq", "flock"]) {
  if (spawnSync(tool, ["--version"]).error) {
    console.error(`test:machine needs ${tool}: apt-get install bats jq util-linux`);
    process.exit(3);
  }
}
process.exitCode = spawnSync("bats", ["test/machine", ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 3;
