import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { dayfly } from "../cli/command-line.ts";
import { type ScratchRepository, scratchRepository } from "../forges/git/scratch-repository.ts";

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly permissions?: object;
  readonly jobs: Readonly<
    Record<string, { readonly needs?: string; readonly permissions?: object; readonly steps: readonly Step[] }>
  >;
}
interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: object;
  readonly run?: string;
}

const sha = "0123456789abcdef0123456789abcdef01234567";
const image = "registry.example.com/acme/shop";

describe.each([
  { forge: "gitea", path: ".gitea/workflows/deliver.yaml" },
  { forge: "github", path: ".github/workflows/deliver.yml" },
])("2-01 the delivery workflow for $forge", ({ forge, path }) => {
  const text = readFileSync(join("docs/examples/delivery", forge, path), "utf8");
  const { jobs, permissions } = parse(text) as Workflow;
  let repository: ScratchRepository;
  let bin: string;
  beforeEach(() => {
    repository = scratchRepository();
    bin = mkdtempSync(join(tmpdir(), "dayfly-bin-"));
  });
  afterEach(() => {
    repository.remove();
    rmSync(bin, { recursive: true });
  });

  /** Runs a step as a runner does, with a program of that name that notes its words and its stdin; `tip`: where main is by now. */
  function runStep(step: Step | undefined, program: string, code: number, tip = sha) {
    writeFileSync(join(bin, "git"), `#!/bin/sh\n[ "$*" = "rev-parse HEAD" ] && echo ${tip}\n`, { mode: 0o755 });
    writeFileSync(
      join(bin, program),
      `#!/bin/sh\nprintf '%s\\n' "$*" >>"${bin}/words"\ncat >>"${bin}/stdin"\nexit ${code}\n`,
    );
    chmodSync(join(bin, program), 0o755);
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      GITHUB_SHA: sha,
      IMAGE: image,
      REGISTRY_USER: "ci",
      REGISTRY_PASSWORD: "marker-1",
      ARCHITECTURE: "arm64",
    };
    const ran = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? ""], {
      env,
      input: "",
    });
    return {
      code: ran.status,
      words: readFileSync(join(bin, "words"), "utf8"),
      stdin: readFileSync(join(bin, "stdin"), "utf8"),
    };
  }

  it("is clean in our own eyes, traps included", async () => {
    repository.commit({ [path]: text });
    const { code, out } = await dayfly(["lint", "--strict", "--json"], { folder: repository.path });
    expect(JSON.parse(out)).toEqual({ findings: [] });
    expect(code).toBe(0);
  });

  it("2-32 on main builds, and deploys only after the build; elsewhere nothing runs", async () => {
    repository.commit({ [path]: text });
    repository.commit({ "a.txt": "1" });
    const explained = async (...argv: string[]) =>
      JSON.parse((await dayfly(["explain", "--json", ...argv], { folder: repository.path })).out).workflows[0];
    const main = await explained("--ref", "refs/heads/main");
    expect(main).toMatchObject({
      decision: "run",
      jobs: [
        { id: "build", matrix: { architecture: "amd64" }, labels: ["ubuntu-latest"], decision: "launch" },
        { id: "build", matrix: { architecture: "arm64" }, labels: ["ubuntu-24.04-arm"], decision: "launch" },
        { id: "publish", needs: ["build"], decision: "wait" },
        { id: "deploy", needs: ["publish"], decision: "wait" },
      ],
    });
    expect(await explained("--ref", "refs/heads/wip")).toMatchObject({ decision: "skip", jobs: [] });
    expect(await explained("--ref", "refs/tags/v1")).toMatchObject({ decision: "skip", jobs: [] });
  });

  it("2-32 builds an image that names its commit, and pushes it under a name of its own", () => {
    const { words } = runStep(
      jobs.build?.steps.find(({ name }) => name?.startsWith("build")),
      "docker",
      0,
    );
    const [build = "", push] = words.split("\n");
    expect(build).toContain(`--build-arg COMMIT=${sha} --label org.opencontainers.image.revision=${sha}`);
    expect([build.split(" ").slice(-2), push]).toEqual([
      [`${image}:sha-0123456-arm64`, "."],
      `push ${image}:sha-0123456-arm64`,
    ]);
  });

  it("2-32 publishes both under sha-<7>, main and latest", () => {
    const { words } = runStep(
      jobs.publish?.steps.find(({ name }) => name?.startsWith("one image")),
      "docker",
      0,
    );
    const both = `${image}:sha-0123456-amd64 ${image}:sha-0123456-arm64`;
    expect(words.trimEnd().split("\n")).toEqual(
      ["sha-0123456", "main", "latest"].flatMap((name) => [
        `manifest create ${image}:${name} ${both}`,
        `manifest push ${image}:${name}`,
      ]),
    );
  });

  it("2-33 a build that ends late takes main and latest from no newer commit", () => {
    const publish = jobs.publish?.steps ?? [];
    expect(publish[0]).toMatchObject({
      uses: expect.stringContaining("actions/checkout@"),
      with: { ref: "main", "persist-credentials": false },
    });
    const { code, words } = runStep(publish.at(-1), "docker", 0, "f".repeat(40));
    const both = `${image}:sha-0123456-amd64 ${image}:sha-0123456-arm64`;
    expect([code, words]).toEqual([
      0,
      `manifest create ${image}:sha-0123456 ${both}\nmanifest push ${image}:sha-0123456\n`,
    ]);
  });

  it("2-01 a build or a publication that fails ends its job, so that nothing is deployed", () => {
    for (const step of [jobs.build?.steps.at(-1), jobs.publish?.steps.at(-1)]) {
      const { code, words } = runStep(step, "docker", 1);
      expect([code, words.split("\n").length]).toEqual([1, 2]);
      rmSync(join(bin, "words"));
    }
  });

  it("2-20 signs in by stdin: the password is in no command line", () => {
    const { words, stdin } = runStep(
      jobs.build?.steps.find(({ name }) => name?.startsWith("sign in")),
      "docker",
      0,
    );
    expect(words).toBe("login --username ci --password-stdin registry.example.com\n");
    expect(stdin).toBe("marker-1\n");
  });

  it.each([
    { code: 0, because: "live, or superseded by a newer commit" },
    { code: 1, because: "the deploy failed" },
    { code: 3, because: "the transport is down" },
  ])("2-03 2-28 2-30 the deploy step ends with $code: $because", ({ code }) => {
    const ran = runStep(jobs.deploy?.steps[0], "dayfly", code);
    expect(ran.words).toBe(`deploy shop prod sha-0123456 --commit ${sha} --wait\n`);
    expect(ran.code).toBe(code);
  });

  it("2-24 2-25 holds no secret for the deploy, reads contents only, and pins what it uses", () => {
    expect(JSON.stringify(jobs.deploy)).not.toMatch(/secrets|token/);
    if (forge === "github") expect([permissions, jobs.deploy?.permissions]).toEqual([{ contents: "read" }, {}]);
    const checkouts = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses));
    for (const { with: settings } of checkouts) expect(settings).toMatchObject({ "persist-credentials": false });
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) expect(one).toMatch(/@[0-9a-f]{40}$/);
  });
});
