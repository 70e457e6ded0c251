#!/usr/bin/env node
// The command `dayfly`: brings a fresh clone to life (packages, bundle), then runs bin/dayfly.ts.
// Plain JavaScript without imports at its top: it has to speak on a Node that is too old, before anything is installed.
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > 20 || (major === 20 && minor >= 19)) await start();
else {
  process.stderr.write(
    `dayfly needs Node 20.19 or newer; this is ${process.versions.node}. Get one from https://nodejs.org.\n`,
  );
  process.exitCode = 3;
}

async function start() {
  const { install } = await import("./install.mjs");
  if (!install({ dev: false })) {
    process.exitCode = 3;
    return;
  }
  const { fileURLToPath } = await import("node:url");
  const { bundle } = await import("./bundle.mjs");
  const entries = await bundle();
  const { main } = await import(entries.dayfly);
  await main(process.argv.slice(2), { programs: entries, checkout: fileURLToPath(new URL("..", import.meta.url)) });
}
