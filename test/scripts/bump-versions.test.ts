import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { bump, runners, systemReleases } from "../../scripts/bump-versions.ts";

const env = readFileSync("runner-ami/versions.env", "utf8");
const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const pinned = (name: string, text = env) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];

/** The publishers' sites, by address; whatever else is asked for does not exist. */
function sites(pages: Readonly<Record<string, unknown>>) {
  return async (url: string) => {
    const found = pages[url];
    if (found === undefined) throw new Error(`${url} answers 404`);
    return typeof found === "string" ? new Response(found) : Response.json(found);
  };
}

const actLatest = "https://gitea.com/api/v1/repos/gitea/runner/releases/latest";
const actionsLatest = "https://api.github.com/repos/actions/runner/releases/latest";
const act = (arch: string) => `https://dl.gitea.com/gitea-runner/9.9.9/gitea-runner-9.9.9-linux-${arch}`;
const actions = (arch: string) =>
  `https://github.com/actions/runner/releases/download/v9.9.8/actions-runner-linux-${arch}-9.9.8.tar.gz`;
const newer = {
  [actLatest]: { tag_name: "v9.9.9" },
  [act("arm64")]: "act on arm",
  [`${act("arm64")}.sha256`]: `${sha("act on arm")}  gitea-runner-9.9.9-linux-arm64\n`,
  [act("amd64")]: "act on x64",
  [`${act("amd64")}.sha256`]: sha("act on x64"),
  [actionsLatest]: { tag_name: "v9.9.8" },
  [actions("arm64")]: "actions on arm",
  [actions("x64")]: "actions on x64",
  [systemReleases]: releases("2023.99.20300301", "2023.100.20300105", "2023.100.20300120"),
};

/** Amazon's list, with the older releases last, as text would sort them. */
function releases(...versions: readonly string[]): string {
  const each = versions.map(
    (version) => `<release version="${version}"><update><name>AL2023</name></update></release>`,
  );
  return `<?xml version="1.0" ?>\n<root><releases>${each.join("")}</releases></root>`;
}

describe("5-08 proposing newer runners", () => {
  it("writes each version with the checksums of what was downloaded, and the day", async () => {
    const { text, said } = await bump(env, runners, "2030-01-31", sites(newer));
    expect(said[0]).toMatch(/^ACT_RUNNER goes from .* to 9\.9\.9$/);
    expect({
      day: pinned("VERSIONS_CHECKED", text),
      version: pinned("ACT_RUNNER_VERSION", text),
      url: pinned("ACT_RUNNER_URL", text),
      name: pinned("ACT_RUNNER_NAME", text),
      system: pinned("AL2023_RELEASE", text),
      arm: pinned("ACT_RUNNER_SHA256_ARM64", text),
      x64: pinned("ACT_RUNNER_SHA256_X64", text),
      actions: pinned("ACTIONS_RUNNER_VERSION", text),
      actionsArm: pinned("ACTIONS_RUNNER_SHA256_ARM64", text),
    }).toEqual({
      day: "2030-01-31",
      version: "9.9.9",
      url: "https://dl.gitea.com/gitea-runner",
      name: "gitea-runner",
      system: "2023.100.20300120",
      arm: sha("act on arm"),
      x64: sha("act on x64"),
      actions: "9.9.8",
      actionsArm: sha("actions on arm"),
    });
    const untouched = (one: string) =>
      one.split("\n").filter((line) => !/VERSION|SHA256|ACT_RUNNER_(URL|NAME)|AL2023_RELEASE/.test(line));
    expect(untouched(text)).toEqual(untouched(env));
  });

  it("downloads nothing where nothing is newer, and notes that somebody has looked", async () => {
    const same = sites({
      [actLatest]: { tag_name: `v${pinned("ACT_RUNNER_VERSION")}` },
      [actionsLatest]: { tag_name: `v${pinned("ACTIONS_RUNNER_VERSION")}` },
      [systemReleases]: releases("2023.8.20250915", `${pinned("AL2023_RELEASE")}`),
    });
    const { text } = await bump(env, runners, "2030-01-31", same);
    expect(text).toBe(env.replace(/^VERSIONS_CHECKED=.*$/m, "VERSIONS_CHECKED=2030-01-31"));
  });

  it.each([
    {
      because: "a checksum that its publisher does not confirm",
      change: { [`${act("arm64")}.sha256`]: sha("else") },
      says: "its publisher says",
    },
    {
      because: "a tag that is no version",
      change: { [actLatest]: { tag_name: "v1.0.0; rm -rf /" } },
      says: "is no version",
    },
    { because: "an answer without a tag", change: { [actLatest]: {} }, says: "is no version" },
    { because: "a list without releases", change: { [systemReleases]: "<root/>" }, says: "lists no release" },
    { because: "a build that is missing", change: { [act("amd64")]: undefined }, says: "answers 404" },
  ])("stops at $because", async ({ change, says }) => {
    await expect(bump(env, runners, "2030-01-31", sites({ ...newer, ...change }))).rejects.toThrow(says);
  });
});
