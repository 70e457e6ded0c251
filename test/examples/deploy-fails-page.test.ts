import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const checkout = process.cwd();
const page = readFileSync("docs/deploy-fails.md", "utf8");
/** Every command of the page that speaks of the demo's environment, in its order, without its remark. */
const told = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, text = ""]) => text.split("\n"))
  .filter((line) => line.startsWith("npx dayfly "))
  .map((line) => line.replace(/\s+#.*$/, "").replace("npx ", ""));
const commit = (n: number) => `${n}`.repeat(40);

let folder: string;
let server: ChildProcess;
let rolledBack = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-fails-"));
  mkdirSync(join(folder, "bin"));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${checkout}/bin/dayfly.mjs" "$@"\n`;
  writeFileSync(join(folder, "bin/dayfly"), program, { mode: 0o755 });
  makeTarget();
  await serve();
  // As in the demo: what is live came before, and the newest one was broken and is rolled back.
  for (const [n, code] of [
    [1, 0],
    [2, 0],
    [3, 1],
  ] as const) {
    const made = dayfly(`dayfly deploy page dev sha-${commit(n).slice(0, 7)} --commit ${commit(n)} --wait`);
    expect(made).toMatchObject({ code });
  }
  rolledBack = /"id":\s*"([0-9a-f]{32})"/.exec(dayfly("dayfly deploy list --json").text)?.[1] ?? "";
});

afterAll(async () => {
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(folder, { recursive: true });
});

/** An app of four executables; the third commit is never well. */
function makeTarget(): void {
  const target = join(folder, ".dayfly/targets/here");
  mkdirSync(target, { recursive: true });
  spawnSync(join(checkout, "target-host/install.sh"), ["--local", "--root", target]);
  const live = join(folder, "live");
  const executables = {
    apply: `echo "$COMMIT" >"${live}"`,
    health: `! grep -q ^3 "${live}"`,
    version: `cat "${live}"`,
  };
  for (const [name, body] of Object.entries(executables))
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const keys = Object.keys(executables).map((name) => `${name.toUpperCase()}=${folder}/${name}`);
  const settings = ["KIND=script", "ENVIRONMENTS=dev", ...keys, "HEALTH_TRIES=2", "HEALTH_REQUEST_SECONDS=60"];
  writeFileSync(join(target, "etc/dayfly/apps/page.env"), `${settings.join("\n")}\n`);
  writeFileSync(
    join(folder, ".dayfly/dayfly.yaml"),
    `targets: [{ name: here, local: true }]
apps: [{ name: page }]
environments:
  - { name: dev, app: page, targets: [here], from: { repo: acme/page, refs: [main] } }
`,
  );
}

async function serve(): Promise<void> {
  server = spawn("bash", ["-c", "exec dayfly start --port 0"], { cwd: folder, env: surroundings(), stdio: "pipe" });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (said.includes("http://127.0.0.1")) resolve();
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", () => reject(new Error(said)));
  });
}

function surroundings() {
  return { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, NO_COLOR: "1" };
}

function dayfly(line: string) {
  const ran = spawnSync("bash", ["-c", line], { cwd: folder, env: surroundings(), encoding: "utf8" });
  return { code: ran.status, text: `${ran.stdout}\n${ran.stderr}` };
}

describe("docs/deploy-fails.md, every command as it stands", () => {
  const id = "<id>";
  const expected = [
    { line: "dayfly deploy list", code: 0, says: /sha-3333333[\s\S]*sha-2222222/ },
    { line: `dayfly deploy show ${id}`, code: 0, says: /rolled-back/ },
    { line: `dayfly deploy show ${id} --audit`, code: 0, says: /sha-2222222 is live again, verified/ },
    { line: `dayfly deploy logs ${id}`, code: 0, says: /undoing/ },
    { line: "dayfly env show page dev", code: 0, says: /2222222/ },
    { line: "dayfly env diff page dev", code: 1, says: /sha-3333333/ },
    { line: "dayfly env check page dev", code: 0, says: /health/ },
    { line: "dayfly rollback page dev --wait", code: 0, says: /deployed page\/dev/ },
    {
      line: "dayfly deploy page dev sha-1f0c7e5 --commit 1f0c7e5b9d3a4f6e8c2b1a0d9e8f7c6b5a493827 --wait",
      code: 0,
      says: /deployed page\/dev/,
    },
  ];

  it("holds the commands that are tried here", () => {
    expect(told).toEqual(expected.map(({ line }) => line));
  });

  it.each(expected)(
    "$line: exit code $code",
    ({ line, code, says }) => {
      const ran = dayfly(line.replace(id, rolledBack));
      expect(ran).toMatchObject({ code, text: expect.stringMatching(says) });
    },
    240_000,
  );

  it("what a rollback and a deploy made live is live", () => {
    expect(readFileSync(join(folder, "live"), "utf8")).toBe("1f0c7e5b9d3a4f6e8c2b1a0d9e8f7c6b5a493827\n");
  });

  it("`deploy show <id> --wait` follows a deploy again, and tells how it ended by its code", () => {
    expect(page).toContain("`dayfly deploy show <id> --wait`");
    expect(dayfly(`dayfly deploy show ${rolledBack} --wait`)).toMatchObject({ code: 1 });
  });

  it("3-01 3-02 what is closed is refused with the way that is open, and stores nothing", () => {
    const before = dayfly("dayfly deploy list --json").text;
    expect(page).toContain("`dayfly deploy page dev main --skip-build`");
    const refused = dayfly("dayfly deploy page dev main --skip-build");
    expect(refused.code).not.toBe(0);
    expect(refused.text).toMatch(/skip-build/);
    expect(dayfly("dayfly deploy list --json").text).toBe(before);
  });
});
