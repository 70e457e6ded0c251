import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { receiveWebhook, type WebhookAnswer } from "../../lib/app/webhook.ts";
import { explainCheckout } from "../../lib/cli/explain/explain-run.ts";
import { terminal } from "../../lib/cli/terminal.ts";
import type { Checkout } from "../../lib/cli/world/world-checkout.ts";
import type { Dialect } from "../../lib/core/dialect.ts";
import { github, newestGitea } from "../../lib/core/dialect.ts";
import type { Forge } from "../../lib/core/forge.ts";
import { planEvent } from "../../lib/core/plan/plan.ts";
import type { ChangedFiles } from "../../lib/core/trigger/trigger-input.ts";
import { gitForge } from "../../lib/forges/git.ts";
import { openStore } from "../../lib/local/store/store.ts";
import { dayfly } from "../cli/command-line.ts";
import { type Check, readCases } from "../core/golden-case.ts";
import { deliveryOf, optionsOf, repo } from "../core/golden-delivery.ts";
import { type ScratchRepository, scratchRepository } from "../forges/git/scratch-repository.ts";
import { memoryForge } from "../world/memory-forge.ts";
import { memoryLog } from "../world/memory-log.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { memoryWorld, smallProfile } from "../world/world.ts";
import { delivery, githubDelivery } from "./sign.ts";

/** A real store: what is compared has been written down and read again. */
const folder = mkdtempSync(join(tmpdir(), "dayfly-decisions-"));
const clock = virtualClock();
const store = openStore({ path: join(folder, "store.db"), mode: "write", clock, log: memoryLog() });
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly event: string;
  readonly payload: { readonly repository: object };
}

/** From the signed request to the journal, through the queue; `stored` in JSON as it came out of the store. */
async function deliver(
  dialect: Dialect,
  forge: Forge,
  { event, payload }: Told,
): Promise<{ answer: WebhookAnswer; stored: (event: string) => Promise<string | undefined> }> {
  const kind = dialect.forge;
  const forges = [{ name: "home", kind, url: "https://git.example.com", allow: [] }] as const;
  const config = { forges, profiles: [smallProfile] };
  const world = { ...memoryWorld({ clock, config }), journal: store.journal, forge: () => forge };
  clock.advance(1);
  const at = clock.now();
  const sign = kind === "gitea" ? delivery : githubDelivery;
  // A repository of its own: one store keeps them all, and the same event again would change nothing.
  const own = { ...payload, repository: { ...payload.repository, id: at } };
  const answer = await receiveWebhook(world, sign(own, { event, id: `d-${at}` }));
  await world.queue.pump((message, count) => dispatch(world, message, count));
  return {
    answer,
    async stored(name) {
      const found = (await store.journal.decisions(10)).find((one) => one.at === at && one.event === name);
      return found && JSON.stringify(found.decision.workflows);
    },
  };
}

const cases = new URL("../cases/", import.meta.url);
const checks = readdirSync(cases)
  .filter((name) => name.endsWith(".yml"))
  .flatMap((name) => readCases(name, readFileSync(new URL(name, cases), "utf8")))
  .flatMap((check) => {
    const [told, options] = [deliveryOf(check), optionsOf(check)];
    return told && options ? [{ title: check.title, check, told, options }] : [];
  });

const unavailable: ChangedFiles = { kind: "undecidable", cause: "unavailable", text: "says the test" };
const base = "d".repeat(40);

/** The forge of one case: it has the case's files at every commit. */
function forgeOf({ input }: Check): Forge {
  const { dialect, event, files, changed = unavailable } = input;
  const { message = "a change" } = event;
  const forge = memoryForge({ clock, dialect });
  return {
    ...forge,
    source: {
      ...forge.source,
      workflowFiles: async () => files,
      changedFiles: async () => changed,
      commit: async (_repo, sha) => ({ sha, message, parents: [] }),
      branchTip: async () => base,
    },
    switches: { disabled: async () => event.disabled ?? [] },
  };
}

/** The same case as a checkout. */
function checkoutOf({ input }: Check): Checkout {
  const { dialect, event, files, changed = unavailable } = input;
  const { message = "a change" } = event;
  return {
    top: "/nowhere",
    isBare: true,
    commit: async (name) => ({ sha: /^[0-9a-f]{40}$/.test(name) ? name : base, message, parents: [] }),
    head: async () => "refs/heads/main",
    upstream: async () => undefined,
    defaultBranch: async () => event.defaultBranch ?? "main",
    repository: async () => event.repository ?? repo.name,
    mergeBase: async () => "c".repeat(40),
    mergeTree: async () => (event.conflict ? "conflict" : undefined),
    files: async () => ({ forge: dialect.forge, files }),
    filesOnDisk: async () => ({ forge: dialect.forge, files }),
    changed: async () => changed,
    paths: async () => [],
  };
}

async function explained({ check, options }: (typeof checks)[number]): Promise<string> {
  let out = "";
  const screen = terminal({ write: (text) => (out += text) }, { write: () => undefined }, {});
  const call = {
    operands: [],
    options,
    terminal: screen,
    programs: {},
    checkout: "",
    environment: {},
    folder: "",
    commands: [],
  };
  const nothing = () => Promise.reject(new Error("explain opens nothing"));
  const world = {
    openWorld: nothing,
    openStack: nothing,
    openStackDeploys: nothing,
    examineStack: nothing,
    askSecret: nothing,
    untilInterrupted: () => AbortSignal.abort(),
  };
  await explainCheckout({ ...call, ...world }, checkoutOf(check));
  return JSON.stringify(JSON.parse(out).workflows);
}

describe("6-01 explain says, byte for byte, what dispatch stores after a signed webhook", () => {
  it("in hundreds of cases of both forges", () => {
    const count = (forge: string) => checks.filter(({ check }) => check.input.dialect.forge === forge).length;
    expect(count("gitea")).toBeGreaterThan(200);
    expect(count("github")).toBeGreaterThan(200);
  });

  it.each(checks)("$title", async (one) => {
    const { check, told } = one;
    const { dialect, event } = check.input;
    const { answer, stored } = await deliver(dialect, forgeOf(check), told);
    if (answer.status === 200) {
      // Answered at the door: then nothing may start.
      expect(planEvent(check.input).workflows.map(({ decision }) => decision)).not.toContain("run");
      return;
    }
    expect(answer).toMatchObject({ status: 202 });
    const ours = await explained(one);
    const theirs = await stored(event.name);
    if (theirs === undefined && event.name === "pull_request_target") {
      // Not written down where no file listens to it.
      expect(JSON.parse(ours).map(({ reason }: { reason: { code: string } }) => reason.code)).toEqual(
        check.input.files.map(() => "event-not-listed"),
      );
    } else expect(theirs).toBe(ours);
  });
});

interface Sample {
  readonly workflows: readonly { readonly workflow: string }[];
}

describe("6-01 from a real repository to the journal, and from the same repository to the command line", () => {
  let repository: ScratchRepository;
  beforeEach(() => {
    repository = scratchRepository();
    repository.git("config", "remote.origin.url", "https://example.com/acme/shop.git");
  });
  afterEach(() => repository.remove());

  it.each([
    { dialect: newestGitea, directory: ".gitea/workflows" },
    { dialect: github, directory: ".github/workflows" },
  ])("204 workflows by the rules of $dialect.forge", async ({ dialect, directory }) => {
    const { workflows }: Sample = JSON.parse(readFileSync("test/fixtures/gitea/planned-1.26.0.json", "utf8"));
    const files: Record<string, string> = {
      [`${directory}/paths.yml`]: "on: {push: {paths: [src/**]}}\njobs: {a: {runs-on: x}}\n",
      [`${directory}/moved.yml`]: "on: {push: {paths: [old/**]}}\njobs: {a: {runs-on: x}}\n",
    };
    for (const [index, { workflow }] of workflows.entries()) files[`${directory}/w${index}.yml`] = workflow;
    const before = repository.commit({ "README.md": "1", "old/a": "long enough to be found again\n" });
    repository.git("mv", "old/a", "a");
    const after = repository.commit({ ...files, "src/a": "1" }, "second");
    const git = gitForge({ name: "home", repository: join(repository.path, ".git"), isSettled: async () => false });
    const payload = {
      ref: "refs/heads/main",
      before,
      after,
      head_commit: { id: after },
      repository: { id: 7, full_name: "acme/shop", default_branch: "main" },
      sender: { login: "ada" },
    };

    const { stored } = await deliver(dialect, git, { event: "push", payload });
    const { out } = await dayfly(["explain", "--json", "--sender", "ada"], { folder: repository.path });

    expect(JSON.parse(out).workflows).toHaveLength(workflows.length + 2);
    expect(await stored("push")).toBe(JSON.stringify(JSON.parse(out).workflows));
  });
});
