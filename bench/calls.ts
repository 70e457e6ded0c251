/**
 * How many HTTP requests each forge is asked for a push, with the adapters of production: `npm run bench:calls`.
 *
 * GitHub's side is the fake that checks every request against GitHub's own descriptions, Gitea's side stands in front of a real git
 * repository. With `-- --url URL --token-file FILE` a real Gitea is asked instead, and its jobs and runners too.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { decideEvents } from "../lib/app/decide-event.ts";
import type { Envelope, RepoRef } from "../lib/core/event.ts";
import type { Forge } from "../lib/core/forge.ts";
import { giteaForge } from "../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../lib/forges/github/github-forge.ts";
import { FAKE_TOKEN, fakeGithub } from "../test/fakes/github/fake-github.ts";
import { REPOSITORY } from "../test/fakes/github/routes.ts";
import { type CommitPlan, type ScratchRepository, scratchRepository } from "../test/fakes/scratch-repository.ts";
import { giteaServer } from "../test/gitea/gitea-server.ts";
import { giteaContent } from "./gitea-content.ts";

type Count = Map<string, number>;

/** One container's adapter, what it has asked so far, and where its repository stands. */
interface Asked {
  readonly title: string;
  readonly forge: Forge;
  readonly repo: RepoRef;
  readonly directory: string;
  take(): Count;
  push(commit: string): Promise<void>;
  close(): Promise<unknown>;
}

const ZERO = "0".repeat(40);
const steps = "steps: [{ run: make }]";
const unfiltered = `on: push\njobs: { a: { runs-on: linux, ${steps} } }\n`;
const filtered = `on: { push: { paths: ["src/**"] } }\njobs: { a: { runs-on: linux, ${steps} } }\n`;

/** For each number of workflow files: a first push, one that changes a source file, one that changes a workflow. */
function plan(directory: string): readonly CommitPlan[] {
  const kinds = { plain: unfiltered, paths: filtered };
  return Object.entries(kinds).flatMap(([kind, text]) =>
    [1, 10, 50].flatMap((count): CommitPlan[] => {
      const name = `${kind}-${count}`;
      const files = Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`${directory}/w${n}.yml`, `# ${n}\n${text}`]),
      );
      return [
        { name, files: { ...files, "src/a/b/c.ts": "1", "docs/d.md": "1" } },
        { name: `${name}-code`, from: [name], files: { "src/a/b/c.ts": "2" } },
        { name: `${name}-again`, from: [`${name}-code`], files: { "src/a/b/c.ts": "3" } },
        { name: `${name}-workflow`, from: [`${name}-again`], files: { [`${directory}/w0.yml`]: `# new\n${text}` } },
      ];
    }),
  );
}

const pushes = [
  { what: "first push a container sees", before: "", after: "" },
  { what: "the same push again", before: "", after: "" },
  { what: "one source file changed, three folders deep", before: "", after: "-code" },
  { what: "that file changed again", before: "-code", after: "-again" },
  { what: "one workflow file changed", before: "-again", after: "-workflow" },
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: "string" }, "token-file": { type: "string" } } });
  const { url, "token-file": tokenFile } = values;
  const gitea = scratchRepository(plan(".gitea/workflows"));
  const github = scratchRepository(plan(".github/workflows"));
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, "utf8").trim();
  const openGitea = () => (url && token ? realGitea(gitea, url, token) : pretendedGitea(gitea));
  // First: jobs that are made while their repository goes break a Gitea's list of all jobs.
  if (url && token) await aroundAJob(gitea, url, token);
  const titles: string[] = [];
  const table: string[][] = [];
  for (const [column, open] of [openGitea, async () => pretendedGithub(github)].entries()) {
    let line = 0;
    for (const [kind, counts] of [
      ["plain", [1, 10, 50]],
      ["paths", [10]],
    ] as const) {
      for (const count of counts) {
        const asked = await open();
        titles[column] = asked.title;
        for (const { what, before, after } of pushes) {
          const name = `${kind}-${count}`;
          await decide(asked, name, before, after);
          const filters = kind === "paths" ? "path filters" : "no path filter";
          table[line] ??= [`${count} workflow${count === 1 ? "" : "s"}, ${filters}: ${what}`];
          table[line]?.push(text(asked.take()));
          line += 1;
        }
        await asked.close();
      }
    }
  }
  console.log(`| a push | ${titles.join(" | ")} |\n|---|${titles.map(() => "---|").join("")}`);
  for (const cells of table) console.log(`| ${cells.join(" | ")} |`);
  gitea.dispose();
  github.dispose();
}

async function decide({ forge, repo, push, take }: Asked, name: string, before: string, after: string): Promise<void> {
  await push(`${name}${after}`);
  take();
  const ids = { before: before === after ? ZERO : idOf(`${name}${before}`), after: idOf(`${name}${after}`) };
  const place = { v: 1, forge: "home", deliveryId: "d", event: "push", repo, sender: "ada", at: 0 } as const;
  const envelope: Envelope = { ...place, ref: "refs/heads/main", ...ids };
  const decided = await decideEvents(forge, envelope);
  if (decided[0]?.decision.workflows.length === 0) throw new Error(`${name}${after}: no workflow was found`);

  function idOf(commit: string): string {
    return idsOf(repo)(commit);
  }
}

const repositories = new Map<string, ScratchRepository>();
const idsOf = (repo: RepoRef) => (commit: string) => repositories.get(repo.name)?.idOf(commit) ?? ZERO;

function counter(): { take(): Count; onRequest(request: { method: string; path: string }): void } {
  let count: Count = new Map();
  return {
    take() {
      const taken = count;
      count = new Map();
      return taken;
    },
    onRequest({ method, path }) {
      const name = `${method} ${operation(path)}`;
      // A version is good for ten minutes, whatever comes in between.
      if (!name.endsWith("/version")) count.set(name, (count.get(name) ?? 0) + 1);
    },
  };
}

/** `/api/v1/repos/{owner}/{repo}/git/trees/{sha}` → `git/trees` */
function operation(path: string): string {
  return path
    .replace(/^\/api\/v1/, "")
    .replace(/^\/repos\/\{owner\}\/\{repo\}\//, "")
    .replace(/(?<!\/\{\w+\})\/\{\w+\}$/, "");
}

function text(count: Count): string {
  const total = [...count.values()].reduce((sum, one) => sum + one, 0);
  const parts = [...count].map(([name, times]) => `${times > 1 ? `${times} × ` : ""}\`${name}\``);
  return total === 0 ? "0" : `**${total}**: ${parts.join(", ")}`;
}

const quiet = { now: () => Date.UTC(2026, 0, 1), sleep: async () => undefined, fraction: () => 0 };

function pretendedGitea(scratch: ScratchRepository): Asked {
  const { take, onRequest } = counter();
  const world = { ...quiet, fetch: giteaContent(scratch) };
  const forge = giteaForge({ name: "home", url: "http://gitea.invalid", token: async () => "t", world, onRequest });
  const repo = { id: "1", name: "acme/gitea" };
  repositories.set(repo.name, scratch);
  const nothing = async () => undefined;
  return { title: "Gitea 1.26", forge, repo, directory: ".gitea/workflows", take, push: nothing, close: nothing };
}

async function realGitea(scratch: ScratchRepository, url: string, token: string): Promise<Asked> {
  const { take, onRequest } = counter();
  const server = await giteaServer(url, token);
  const world = { fetch, now: Date.now, sleep: pause, fraction: Math.random };
  const forge = giteaForge({ name: "home", url, token: async () => token, world, onRequest });
  const name = `dayfly-calls-${Date.now()}`;
  const { id, full_name } = await server.createRepository(name);
  repositories.set(full_name, scratch);
  return {
    title: `Gitea ${server.version}, a real one`,
    forge,
    repo: { id: `${id}`, name: full_name },
    directory: ".gitea/workflows",
    take,
    async push(commit) {
      scratch.push(server.pushUrl(name), [`${scratch.idOf(commit)}:refs/heads/main`]);
      // Until Gitea knows that the repository is not empty any more, it fails to read files of it.
      const isEmpty = async () => (await server.call<{ empty: boolean }>("GET", `/repos/${full_name}`)).empty;
      for (let tries = 0; tries < 60 && (await isEmpty()); tries += 1) await pause(500);
    },
    async close() {
      await pause(3_000);
      await server.deleteRepository(name);
    },
  };
}

function pretendedGithub(scratch: ScratchRepository): Asked {
  const { take, onRequest } = counter();
  const fake = fakeGithub(scratch);
  const auth = { kind: "token", token: async () => FAKE_TOKEN } as const;
  const world = { ...quiet, fetch: fake.fetch };
  const forge = githubForge({ name: "home", url: "https://github.com", auth, world, onRequest });
  const repo = { id: `${REPOSITORY.id}`, name: REPOSITORY.full_name };
  repositories.set(repo.name, scratch);
  const nothing = async () => undefined;
  return { title: "GitHub", forge, repo, directory: ".github/workflows", take, push: nothing, close: nothing };
}

/** What a job costs beside its push: asked of a real server, because a pretended one would only count our own words. */
async function aroundAJob(scratch: ScratchRepository, url: string, token: string): Promise<void> {
  const asked = await realGitea(scratch, url, token);
  const { forge, repo, take } = asked;
  try {
    await asked.push("plain-1");
    await pause(3_000);
    const lines: [string, string][] = [];
    const count = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
      take();
      const answer = await act();
      lines.push([what, text(take())]);
      return answer;
    };
    await count("a look at all jobs of the server, every pass", () => forge.demand.missed(0));
    const [waiting] = await count("the next look", () => forge.demand.missed(0));
    const scope = `home/${repo.name}`;
    const name = "dayfly-calls-1";
    const request = { scope, repo, name, labels: ["linux"], run: {} as never, needs: {} };
    const registration = await count("a machine that claims", () => forge.enrolment.enrol(request));
    await count("a machine that has served its job", () => forge.demand.job(repo, waiting?.job?.id ?? "0"));
    const { runnerId } = registration as { runnerId: string };
    await count("a machine that got no job", () => forge.enrolment.remove(scope, runnerId));
    await count("stale registrations, every pass and repository", () => forge.enrolment.runners(scope));
    console.log(`| around a job | ${asked.title} |\n|---|---|`);
    for (const [what, cell] of lines) console.log(`| ${what} | ${cell} |`);
    console.log("");
  } finally {
    await asked.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await main();
