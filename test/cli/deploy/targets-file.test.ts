import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { dayfly } from "../command-line.ts";

const installer = fileURLToPath(new URL("../../../target-host/install.sh", import.meta.url));

const config = `
targets: [{ name: web1, local: true }, { name: web2, local: true }]
apps:
  - { name: shop, image: registry.example.com/shop, health: "http://127.0.0.1:8080/healthz" }
  - { name: edge, image: registry.example.com/edge, health: "http://127.0.0.1:81/", public: "https://edge.example.com/v", commitField: build.commit }
  - { name: pages, bundle: true }
environments:
  - { name: prod, app: shop, targets: [web1, web2], from: { repo: acme/shop, refs: [main] } }
  - { name: dev, app: shop, targets: [web1], from: { repo: acme/shop, refs: [dev] } }
  - { name: "pr-*", app: shop, targets: [web1], from: { repo: acme/shop, refs: [dev] } }
  - { name: "edge-*", app: edge, targets: [web1], from: { repo: acme/shop, refs: [main] } }
  - { name: dev, app: pages, targets: [web2], from: { repo: acme/shop, refs: [main] } }
`;

function here(text: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-file-"));
  if (text !== undefined) writeFileSync(join(folder, "dayfly.yaml"), text);
  return folder;
}

describe("dayfly targets file", () => {
  it.each([
    [
      ["web1", "shop"],
      "KIND=compose\nENVIRONMENTS=prod dev pr-*\nIMAGE=registry.example.com/shop\nHEALTH_URL=http://127.0.0.1:8080/healthz\n# COMPOSE_FILE=/srv/…/compose.yaml\n# SERVICES=…\n",
    ],
    [
      ["web2", "shop"],
      "KIND=compose\nENVIRONMENTS=prod\nIMAGE=registry.example.com/shop\nHEALTH_URL=http://127.0.0.1:8080/healthz\n# COMPOSE_FILE=/srv/…/compose.yaml\n# SERVICES=…\n",
    ],
    [
      ["web1", "edge"],
      "KIND=compose\nENVIRONMENTS=\n# edge-*: name each, a host takes no pattern but pr-*\nIMAGE=registry.example.com/edge\nHEALTH_URL=http://127.0.0.1:81/\n# COMPOSE_FILE=/srv/…/compose.yaml\n# SERVICES=…\nVERSION_URL=https://edge.example.com/v\nVERSION_FIELD=build.commit\n",
    ],
    [
      ["web2", "pages"],
      "KIND=script\nENVIRONMENTS=dev\n# APPLY=/srv/…/apply\n# HEALTH=/srv/…/health\n# VERSION=/srv/…/version\n# ROLLBACK=/srv/…/rollback\n",
    ],
  ])("says in the host's words what dayfly.yaml knows of %j", async (operands, text) => {
    const said = await dayfly(["targets", "file", ...operands], { folder: here(config) });
    expect(said).toMatchObject({ code: 0, out: text });
  });

  it("is read by deployctl as it stands, once the host's owner has added what he knows", async () => {
    const { out } = await dayfly(["targets", "file", "web2", "pages"], { folder: here(config) });
    const root = here(undefined);
    const install = spawnSync(installer, ["--local", "--root", root], { encoding: "utf8" });
    expect(install).toMatchObject({ status: 0 });
    const own = join(root, "own");
    writeFileSync(own, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const filled = out.replace(/# (APPLY|HEALTH|VERSION)=.*/g, `$1=${own}`);
    mkdirSync(join(root, "etc/dayfly/apps"), { recursive: true });
    writeFileSync(join(root, "etc/dayfly/apps/pages.env"), filled);
    const status = spawnSync(join(root, "opt/dayfly/bin/deployctl"), ["status", "pages", "dev"], { encoding: "utf8" });
    expect(status.stdout).toContain('"reason":"status"');
  });

  it.each([
    ["an app that no environment brings there", config, ["web2", "edge"], "no environment brings edge to web2"],
    ["names with control characters", config, ["web2", "\u001b[31m"], "no environment brings"],
    ["no file", undefined, ["web1", "shop"], "cannot be read (ENOENT)"],
    ["a file with an unknown key", "aps: []\n", ["web1", "shop"], "apps"],
  ])("ends with 2 and a sentence for %s", async (_of, text, operands, sentence) => {
    const said = await dayfly(["targets", "file", ...operands], { folder: here(text) });
    expect(said).toMatchObject({ code: 2, out: "" });
    expect(said.err).toContain(sentence);
    expect(said.err).not.toContain("\u001b[31m");
  });
});
