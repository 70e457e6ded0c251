import { describe, expect, it } from "@jest/globals";
import type { ApiToken } from "../../../lib/core/deploy/api-token.ts";
import { type Asker, type EnvironmentRule, permit, type Wish } from "../../../lib/core/deploy/policy.ts";
import type { AssignedJob } from "../../../lib/core/forge.ts";
import type { Machine } from "../../../lib/core/run/machine.ts";
import { claimedMachine, mainJob } from "./claimed-machine.ts";

const now = 1_000_000;
const head = "a".repeat(40);
const other = "b".repeat(40);

const prod: EnvironmentRule = {
  name: "prod",
  app: "shop",
  targets: ["web1"],
  from: { repo: "acme/shop", refs: ["main", "refs/tags/v*"], events: ["push"] },
  approval: true,
};
const previews: EnvironmentRule = {
  name: "pr-*",
  app: "shop",
  targets: ["web1"],
  from: { repo: "acme/shop", repoId: "7", refs: ["**"], events: ["pull_request"] },
  approval: false,
};
const rules = [prod, previews];

const machine = claimedMachine(now * 2);
const prJob: AssignedJob = {
  ...mainJob,
  event: "pull_request",
  ref: "refs/pull/7/head",
  pullRequest: "7",
  headSha: other,
};
const token: ApiToken = { name: "laptop", hash: "h", app: "shop", env: "pr-*", createdAt: 0, expiresAt: now + 1 };
const wish: Wish = { act: "deploy", app: "shop", env: "prod", release: { tag: `sha-${head.slice(0, 7)}` } };

const onMachine = (job: Extract<Asker, { kind: "machine" }>["job"], change: Partial<Machine> = {}): Asker => ({
  kind: "machine",
  machine: { ...machine, ...change },
  job,
});
const withToken = (change: Partial<ApiToken> = {}): Asker => ({ kind: "token", token: { ...token, ...change } });
const preview = (number: number): Partial<Wish> => ({ env: `pr-${number}`, release: { tag: "main" } });

interface Row {
  readonly who: string;
  readonly asker: Asker;
  readonly wish?: Partial<Wish>;
  /** `allowed`, or the status and code of the refusal. */
  readonly then: string;
}

const table: readonly Row[] = [
  { who: "nobody", asker: { kind: "nobody" }, then: "401 no-token" },
  { who: "the administrator", asker: { kind: "administrator", name: "administrator" }, then: "allowed" },
  {
    who: "the administrator, approving",
    asker: { kind: "administrator", name: "a" },
    wish: { act: "approve" },
    then: "allowed",
  },
  {
    who: "the administrator, elsewhere",
    asker: { kind: "administrator", name: "a" },
    wish: { env: "dev" },
    then: "422 unknown-environment",
  },
  {
    who: "the administrator, another app",
    asker: { kind: "administrator", name: "a" },
    wish: { app: "till" },
    then: "422 unknown-environment",
  },

  { who: "a token in its scope", asker: withToken(), wish: preview(7), then: "allowed" },
  { who: "a token, reading in its scope", asker: withToken(), wish: { act: "read", env: "pr-1" }, then: "allowed" },
  { who: "a token out of its environments", asker: withToken(), then: "403 out-of-scope" },
  { who: "a token of another app", asker: withToken({ app: "till", env: "*" }), then: "403 out-of-scope" },
  {
    who: "a token of an app with the same beginning",
    asker: withToken(),
    wish: { ...preview(7), app: "shopping" },
    then: "403 out-of-scope",
  },
  {
    who: "a token for an environment with the same beginning",
    asker: withToken({ env: "prod" }),
    wish: { env: "production" },
    then: "403 out-of-scope",
  },
  { who: "a revoked token", asker: withToken({ revokedAt: 1 }), wish: preview(7), then: "401 token-revoked" },
  { who: "a token at its expiry", asker: withToken({ expiresAt: now }), wish: preview(7), then: "401 token-expired" },
  { who: "a token, approving", asker: withToken({ env: "prod" }), wish: { act: "approve" }, then: "403 approval" },

  { who: "a machine with a push job of main", asker: onMachine(mainJob), then: "allowed" },
  { who: "a machine with a tag's job", asker: onMachine({ ...mainJob, ref: "refs/tags/v1" }), then: "allowed" },
  {
    who: "a machine, rolling back",
    asker: onMachine(mainJob),
    wish: { act: "rollback", release: undefined },
    then: "allowed",
  },
  { who: "a machine, approving", asker: onMachine(mainJob), wish: { act: "approve" }, then: "403 approval" },
  { who: "a machine whose runner is idle", asker: onMachine("none"), then: "403 machine-idle" },
  { who: "a machine that has ended", asker: onMachine(mainJob, { endedAt: 1 }), then: "403 machine-ended" },
  { who: "a machine past its deadline", asker: onMachine(mainJob, { deadline: now }), then: "403 machine-ended" },
  { who: "a machine while the forge does not answer", asker: onMachine("unanswered"), then: "503 forge-silent" },
  { who: "a machine of a forge that cannot tell", asker: onMachine("silent"), then: "403 forge-too-old" },
  {
    who: "a machine shown another runner's job",
    asker: onMachine({ ...mainJob, runnerName: "runner-2" }),
    then: "403 another-runner",
  },
  { who: "a machine with a pull request's job", asker: onMachine(prJob), then: "403 pull-request" },
  {
    who: "a machine with a pull_request_target job",
    asker: onMachine({ ...mainJob, event: "pull_request_target" }),
    then: "403 pull-request",
  },
  {
    who: "a machine with a job on a pull request's ref",
    asker: onMachine({ ...mainJob, ref: "refs/pull/7/merge" }),
    then: "403 pull-request",
  },
  { who: "a machine with a fork's job", asker: onMachine({ ...mainJob, fork: true }), then: "403 fork" },
  {
    who: "a machine with another repository's job",
    asker: onMachine({ ...mainJob, repo: { id: "8", name: "acme/toy" } }),
    then: "403 repository",
  },
  {
    who: "a machine with another branch's job",
    asker: onMachine({ ...mainJob, ref: "refs/heads/dev" }),
    then: "403 ref",
  },
  {
    who: "a machine with a job of a branch below the name",
    asker: onMachine({ ...mainJob, ref: "refs/heads/main/x" }),
    then: "403 ref",
  },
  {
    who: "a machine with a job of a tag called main",
    asker: onMachine({ ...mainJob, ref: "refs/tags/main" }),
    then: "403 ref",
  },
  { who: "a machine with a scheduled job", asker: onMachine({ ...mainJob, event: "schedule" }), then: "403 event" },
  {
    who: "a machine, naming another commit",
    asker: onMachine(mainJob),
    wish: { release: { tag: "main", commit: other } },
    then: "422 commit",
  },
  {
    who: "a machine, naming another commit's tag",
    asker: onMachine(mainJob),
    wish: { release: { tag: "sha-bbbbbbb" } },
    then: "422 commit",
  },
  {
    who: "a machine whose job's head is no commit",
    asker: onMachine({ ...mainJob, headSha: "main" }),
    then: "422 commit",
  },

  { who: "a pull request's own preview", asker: onMachine(prJob), wish: preview(7), then: "allowed" },
  { who: "another pull request's preview", asker: onMachine(prJob), wish: preview(8), then: "403 pull-request" },
  { who: "a fork's own preview", asker: onMachine({ ...prJob, fork: true }), wish: preview(7), then: "403 fork" },
  {
    who: "a preview of a repository that took the name",
    asker: onMachine({ ...prJob, repo: { id: "9", name: "acme/shop" } }),
    wish: preview(7),
    then: "403 repository",
  },
];

describe("6-10 who may deploy what where", () => {
  it("a repository of the same name on another forge is another one, the same number or not", () => {
    const ofHome = [{ ...prod, from: { ...prod.from, forge: "home", repoId: "7" } }];
    expect(permit(onMachine(mainJob), wish, ofHome, now)).toMatchObject({ kind: "allowed" });
    expect(permit(onMachine(mainJob, { forge: "hub" }), wish, ofHome, now)).toMatchObject({
      ...{ kind: "refused", status: 403, reason: { code: "forge" } },
    });
  });

  it.each(table)("$who: $then", ({ asker, wish: change, then }) => {
    const permission = permit(asker, { ...wish, ...change }, rules, now);
    expect(permission.kind === "refused" ? `${permission.status} ${permission.reason.code}` : "allowed").toBe(then);
  });

  it("makes the job's head commit the commit, whatever the caller says", () => {
    expect(permit(onMachine(mainJob), { ...wish, release: { tag: "main" } }, rules, now)).toMatchObject({
      release: { tag: "main", commit: head },
    });
  });

  it("takes the first rule that fits the environment", () => {
    const twice = [{ ...prod, targets: ["first"] }, prod];
    expect(permit({ kind: "administrator", name: "a" }, wish, twice, now)).toMatchObject({
      rule: { targets: ["first"] },
    });
  });

  it("a ref that a glob library could take for a pattern of its own is only a name", () => {
    for (const ref of ["refs/heads/{main,x}", "refs/heads/!(x)", "!refs/heads/x", "#refs/heads/main"]) {
      expect(permit(onMachine({ ...mainJob, ref }), wish, rules, now)).toMatchObject({ kind: "refused" });
    }
  });
});

describe("6-10 two machines of one label change jobs", () => {
  const m1 = { ...machine, instanceId: "i-1", runnerName: "runner-1", runKey: "run-of-the-deploy-job" };
  const m2 = { ...machine, instanceId: "i-2", runnerName: "runner-2", runKey: "run-of-the-pull-request" };

  it("M1 was launched for the deploy job and took the pull request's: it may not deploy", () => {
    const asker: Asker = { kind: "machine", machine: m1, job: { ...prJob, runnerName: "runner-1" } };
    expect(permit(asker, wish, rules, now)).toMatchObject({ kind: "refused", status: 403 });
  });

  it("M2 was launched for the pull request and took the deploy job: it may", () => {
    const asker: Asker = { kind: "machine", machine: m2, job: { ...mainJob, runnerName: "runner-2" } };
    expect(permit(asker, wish, rules, now)).toMatchObject({ kind: "allowed", by: "job deploy of acme/shop" });
  });

  it("M1 may not speak for the job that M2 has", () => {
    const asker: Asker = { kind: "machine", machine: m1, job: { ...mainJob, runnerName: "runner-2" } };
    expect(permit(asker, wish, rules, now)).toMatchObject({ kind: "refused", status: 403 });
  });
});
