import { readFileSync } from "node:fs";
import { expect } from "@jest/globals";
import type { RepoRef } from "../../../lib/core/event.ts";
import type { EnrolRequest, ServerForge } from "../../../lib/core/forge.ts";
import { scopeOf } from "../../../lib/core/scope.ts";
import { giteaForge } from "../../../lib/forges/gitea/gitea-forge.ts";
import { type ScratchRepository, scratchRepository } from "../../fakes/scratch-repository.ts";
import { type GiteaServer, giteaServer } from "../../gitea/gitea-server.ts";
import type { EnrolmentBench } from "./enrolment-contract.ts";
import { workflowPathsOf } from "./expected-workflows.ts";
import type { JobForgeBench } from "./forge-contract.ts";
import { scenario, scenarioRefs, topicBranch } from "./forge-scenario.ts";
import type { SourceBench } from "./source-contract.ts";
import { readTape, recordingFetch, replayingFetch, type Tape, writeTape } from "./tape.ts";

type GiteaBench = SourceBench & EnrolmentBench & JobForgeBench;

/** Where a tape is recorded anew: the environment names a real server (npm run test:gitea). */
const live = { url: process.env.GITEA_URL, tokenFile: process.env.GITEA_TOKEN_FILE };

/** Before 1.26 that is what `lacks` says; recorded servers are 1.25 or newer. */
const lacksOf = (version: string): readonly string[] => (version.startsWith("1.25.") ? ["no-rerun"] : []);

export interface GiteaBenches {
  make(): Promise<GiteaBench & { close(): Promise<void> }>;
  /** After the last case: keeps what was recorded. */
  finish(): Promise<void>;
}

/** One repository for all cases, each on a fresh adapter; answers come from the tape unless a server is named. */
export async function giteaBenches(file: URL): Promise<GiteaBenches> {
  const scratch = scratchRepository(scenario);
  const tag = scratch.annotate("v1", scratch.idOf("change"));
  const ids = (name: string): string => (name === "tag" ? tag : scratch.idOf(name));
  const server = live.url && live.tokenFile ? await giteaServer(live.url, token(live.tokenFile)) : undefined;
  const tape = server ? await newTape(server, scratch, tag) : readTape(file);
  const repo: RepoRef = { id: made(tape, "repoId"), name: made(tape, "repo") };

  return {
    async make() {
      let requests = 0;
      const name = expect.getState().currentTestName ?? "";
      const exchanges = server ? [] : (tape.cases[name] ?? []);
      if (server) tape.cases[name] = exchanges;
      const forge: ServerForge = giteaForge({
        name: "home",
        url: live.url ?? "http://gitea.invalid",
        token: async () => (live.tokenFile ? token(live.tokenFile) : "replayed"),
        world: {
          fetch: server ? recordingFetch(exchanges) : replayingFetch(exchanges),
          now: () => 0,
          sleep: async () => undefined,
          fraction: () => 0,
        },
        onRequest: ({ path }) => {
          if (path !== "/api/v1/version") requests += 1;
        },
      });
      return {
        ...forge,
        repo,
        id: ids,
        requests: () => requests,
        expected: workflowPathsOf("gitea"),
        request: (runner) => enrolRequest(repo, runner),
        queuedJob: async () => ({ id: made(tape, "jobId"), runId: made(tape, "runId") }),
        async switchOff(workflow) {
          await server?.call("PUT", `/repos/${repo.name}/actions/workflows/${workflow}/disable`);
          return workflow;
        },
        version: tape.version,
        lacks: lacksOf(tape.version),
        close: async () => undefined,
      };
    },
    async finish() {
      scratch.dispose();
      if (!server) return;
      writeTape(file, tape);
      await server.deleteRepository(repo.name.split("/")[1] ?? "");
    },
  };
}

function enrolRequest(repo: RepoRef, name: string): EnrolRequest {
  return {
    scope: scopeOf("home", repo),
    repo,
    name,
    labels: ["ubuntu-latest"],
  };
}

function token(file: string): string {
  return readFileSync(file, "utf8").trim();
}

function made(tape: Tape, name: string): string {
  const value = tape.made[name];
  if (value === undefined) throw new Error(`the tape lacks ${name}`);
  return value;
}

async function newTape(server: GiteaServer, scratch: ScratchRepository, tag: string): Promise<Tape> {
  const name = `contract-${Date.now()}`;
  const { id, full_name } = await server.createRepository(name);
  scratch.push(server.pushUrl(name), [`${scratch.idOf("root")}:refs/heads/main`]);
  const refs = scenarioRefs.map((ref) => `${scratch.idOf(ref)}:refs/heads/${ref}`);
  const topic = `${scratch.idOf("side")}:refs/heads/${topicBranch}`;
  scratch.push(server.pushUrl(name), [...refs, topic, `${tag}:refs/tags/v1`]);
  const sha = scratch.idOf("github-only");
  for (let tries = 0; tries < 60; tries += 1) {
    const run = (await server.runs(name)).find(({ head_sha }) => head_sha === sha);
    const [job] = run
      ? await server.call<{ jobs: { id: number }[] }>("GET", jobsPath(full_name, run.id)).then(({ jobs }) => jobs)
      : [];
    if (run && job) {
      // The API tells of the default branch's workflows alone.
      scratch.push(server.pushUrl(name), [`${sha}:refs/heads/main`]);
      const made = { repoId: `${id}`, repo: full_name, runId: `${run.id}`, jobId: `${job.id}` };
      return { version: server.version, recordedAt: new Date().toISOString().slice(0, 10), made, cases: {} };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the server made no run within 30 seconds");
}

function jobsPath(name: string, run: number): string {
  return `/repos/${name}/actions/runs/${run}/jobs`;
}
