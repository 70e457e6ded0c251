import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { userData } from "../../lib/stack/user-data.ts";

const settings = {
  api: "https://abcdefghij.execute-api.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  runners: ["gitea", "github"] as const,
  lifeMinutes: 38,
  bootMinutes: 8,
  debugMinutes: 0,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-boot-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script with a folder in the place of `/`, and fakes for what would change this computer. */
function run(script: string): readonly string[] {
  for (const tool of ["shutdown", "systemctl"]) {
    writeFileSync(join(folder, "bin", tool), `#!/bin/sh\necho "${tool} $*" >>"${folder}/calls"\n`, { mode: 0o755 });
  }
  const moved = script
    .replaceAll(" /etc/dayfly", ` ${folder}/etc/dayfly`)
    .replaceAll(">/etc", `>${folder}/etc`)
    .replace("-C / ", `-C ${folder} `);
  try {
    execFileSync("bash", ["-c", moved], { env: { PATH: `${folder}/bin:${process.env.PATH}` }, stdio: "pipe" });
  } catch {
    // What it did before it failed is what the test looks at.
  }
  return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
}

describe("user data", () => {
  it("sets the power-off timer before anything else, and starts the machine's service last", () => {
    const calls = run(userData(settings, "runner-ami"));
    expect(calls[0]).toBe("shutdown -P +38");
    expect(calls.at(-1)).toBe("systemctl start --no-block dayfly-machine.service");
  });

  it("1-09 powers off when it fails itself", () => {
    const broken = userData(settings, "runner-ami").replace(/^[A-Za-z0-9+/=]{120}$/m, "!");
    expect(run(broken).at(-1)).toBe("shutdown -P now");
  });

  it("puts every script of runner-ami where it belongs, ready to run", () => {
    run(userData(settings, "runner-ami"));
    for (const path of ["usr/local/lib/dayfly/machine.sh", "etc/dayfly/install/install.sh"]) {
      expect(statSync(join(folder, path)).mode & 0o777).toBe(0o755);
    }
    for (const path of ["etc/dayfly/versions.env", "etc/systemd/system/dayfly-machine.service"]) {
      expect(existsSync(join(folder, path))).toBe(true);
    }
    expect(readFileSync(join(folder, "etc/dayfly/machine.env"), "utf8")).toBe(
      [
        "DAYFLY_API=https://abcdefghij.execute-api.eu-central-1.amazonaws.com",
        "DAYFLY_REGION=eu-central-1",
        'DAYFLY_RUNNERS="gitea github"',
        "DAYFLY_LIFE_MINUTES=38",
        "DAYFLY_BOOT_MINUTES=8",
        "DAYFLY_DEBUG_MINUTES=0",
        "",
      ].join("\n"),
    );
  });

  it("fits into EC2's 16 KB", () => {
    expect(userData(settings, "runner-ami").length).toBeLessThan(16 * 1024);
  });

  it("is the same text for the same files, so that a template changes only when a file does", () => {
    expect(userData(settings, "runner-ami")).toBe(userData(settings, "runner-ami"));
  });
});
