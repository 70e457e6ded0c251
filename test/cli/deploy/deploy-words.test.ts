import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { releaseOf, rollbackRelease } from "../../../lib/cli/deploy/deploy-release.ts";
import { type ScratchRepository, scratchRepository } from "../../forges/git/scratch-repository.ts";
import { dayfly } from "../command-line.ts";

const commit = "1".repeat(40);
const digest = `sha256:${"d".repeat(64)}`;

describe("3-02 a switch that would go round a check", () => {
  it.each(["--skip-build", "--skip-health", "--keep-broken", "--ssh"])(
    "%s is refused, and nothing is asked",
    async (flag) => {
      const { code, out, err } = await dayfly(["deploy", "shop", "prod", "main", flag]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(`${flag} is no way to deploy`);
    },
  );

  it("3-01 is told as an object too, with the way that is open", async () => {
    const { code, out } = await dayfly(["deploy", "shop", "prod", "main", "--skip-build", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      error: "retired",
      text: expect.stringContaining("builds nothing"),
      instead: "dayfly deploy <app> <env> <tag>",
    });
  });

  it("that nobody knows is refused as well", async () => {
    expect((await dayfly(["deploy", "shop", "prod", "main", "--force-push"])).code).toBe(2);
  });
});

describe("2-06 2-07 words of a command line", () => {
  it.each([
    [["deploy", "shop", "prod"]],
    [["deploy", "shop", "prod", "v1"]],
    [["deploy", "shop", "prod", "main\n"]],
    [["deploy", "shop", "prod", "$(reboot)"]],
    [["deploy", "shop", "production", "main"]],
    [["deploy", "../shop", "prod", "main"]],
    [["deploy", "shop", "prod", "main", "--commit", "1111111"]],
    [["deploy", "shop", "prod", "main", "--digest", "sha256:1"]],
    [["deploy", "shop", "prod", "main", "--from", "main:deploy.json#prod"]],
    [["deploy", "shop", "prod", "sha-0000000", "--commit", commit]],
    [["rollback", "shop", "prod", "sha-0000000", "--commit", commit]],
    [["rollback", "shop", "prod", "HEAD~1"]],
    [["rollback", "shop", "prod", "--commit", commit]],
    [["rollback", "shop;id", "prod"]],
  ])("code 2, and nobody is asked: %j", async (argv) => {
    const { code, out, err } = await dayfly(argv);
    expect([code, out]).toEqual([2, ""]);
    // Not because there would be nobody to ask: the words alone decide.
    expect(err).toContain("nothing was asked for");
  });

  it("0-20 a rollback names a release or leaves it to the target", () => {
    const call = { options: { commit, digest }, folder: "/nowhere" };
    expect(rollbackRelease(call, "shop", "prod", "v1.0.0")).toEqual({ tag: "v1.0.0", commit, digest });
    expect(rollbackRelease({ ...call, options: {} }, "shop", "prod", undefined)).toEqual({});
  });
});

describe("3-04 a release that is read from a file at a ref", () => {
  let repository: ScratchRepository;
  beforeEach(() => {
    repository = scratchRepository();
  });
  afterEach(() => repository.remove());

  const file = (prod: unknown) => ({ "deploy.json": JSON.stringify({ environments: { prod } }) });
  const read = (from: string) => releaseOf({ options: { from }, folder: repository.path }, "shop", "prod", undefined);

  it("is what that ref says, whatever lies on the disk", async () => {
    repository.commit(file({ tag: "v1.0.0", commit, digest }));
    repository.git("switch", "--quiet", "-c", "wip");
    repository.commit(file({ tag: "v2.0.0" }));
    expect(await read("main:deploy.json#environments.prod")).toEqual({ tag: "v1.0.0", commit, digest });
    expect(await read("wip:deploy.json#environments.prod")).toEqual({ tag: "v2.0.0" });
  });

  it.each([
    { from: "main:deploy.json#environments.dev", because: "it has no such place" },
    { from: "main:deploy.json#environments.prod.tag", because: "that is no object" },
    { from: "main:deploy.json#__proto__", because: "that is no place of the file" },
    { from: "main:other.json#environments.prod", because: "there is no such file" },
    { from: "nowhere:deploy.json#environments.prod", because: "there is no such ref" },
    { from: "--output=x:deploy.json#environments.prod", because: "a ref is no option of git" },
    { from: "deploy.json", because: "that is neither ref nor place" },
  ])("is refused with code 2 where $because", async ({ from }) => {
    repository.commit(file({ tag: "v1.0.0" }));
    await expect(read(from)).rejects.toMatchObject({ exitCode: 2 });
  });

  it("is refused where the file says more, or no word of the grammar", async () => {
    for (const prod of [{ tag: "v1.0.0", force: true }, { tag: "newest" }, { tag: "v1.0.0", commit: "main" }, {}]) {
      repository.commit(file(prod));
      await expect(read("main:deploy.json#environments.prod")).rejects.toMatchObject({ exitCode: 2 });
    }
  });
});
