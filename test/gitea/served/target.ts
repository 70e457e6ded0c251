import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage.ts";

/** An application on a target that is this computer, by the installer and the settings of every other target. */
export interface PlayedTarget {
  /** The commit that is live; undefined where none ever was. */
  live(): string | undefined;
  /** From now on whoever asks hears that this commit is not well. */
  breaks(commit: string): void;
  /** From now on making a commit live takes until `release`. */
  hold(): void;
  /** Has the target begun to make something live, and waits? */
  holds(): boolean;
  release(): void;
}

/** `shop` in `prod`, and in `staging` after an approval; both from main, from tags `v…` and by hand. Made before Dayfly starts. */
export function playedTarget({ dayfly, server, repository }: Stage): PlayedTarget {
  const app = join(dayfly.folder, "app");
  const target = join(dayfly.folder, "targets", "here");
  const file = (name: string): string => join(app, name);
  mkdirSync(app);
  for (const [name, lines] of Object.entries(executables(app)))
    writeFileSync(file(name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  writeFileSync(file("bad"), "");
  execFileSync("bash", ["target-host/install.sh", "--local", "--root", target], { stdio: "pipe", timeout: 60_000 });
  const words = ["apply", "health", "version"].map((name) => `${name.toUpperCase()}=${file(name)}`);
  const health = ["HEALTH_TRIES=2", "HEALTH_INTERVAL_SECONDS=1", "HEALTH_SUCCESSES=1", "DISK_MIN_MB=1"];
  const settings = ["KIND=script", "ENVIRONMENTS=prod staging", ...words, ...health, ""];
  writeFileSync(join(target, "etc", "dayfly", "apps", "shop.env"), settings.join("\n"));
  const from = `{ forge: gitea, repo: ${server.login}/${repository}, refs: [main, refs/tags/v*], events: [push, workflow_dispatch] }`;
  writeFileSync(
    join(dayfly.folder, "dayfly.yaml"),
    `targets: [{ name: here, local: true }]
apps: [{ name: shop }]
environments:
  - { name: prod, app: shop, targets: [here], from: ${from} }
  - { name: staging, app: shop, targets: [here], approval: true, from: ${from} }
`,
  );
  return {
    live: () => (existsSync(file("live")) ? readFileSync(file("live"), "utf8").trim() : undefined),
    breaks: (commit) => writeFileSync(file("bad"), `${commit}\n`, { flag: "a" }),
    hold: () => writeFileSync(file("hold"), ""),
    holds: () => existsSync(file("held")),
    release: () => rmSync(file("hold")),
  };
}

const executables = (app: string): Readonly<Record<string, string>> => ({
  apply: `while [ -e ${app}/hold ]; do : >${app}/held; sleep 0.2; done\necho "$COMMIT" >${app}/live`,
  health: `! grep -qxf ${app}/live ${app}/bad`,
  version: `cat ${app}/live`,
});
