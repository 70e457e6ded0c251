import { expect } from "@jest/globals";
import type { RepoRef } from "../../../lib/core/event.ts";
import type { Demand, Feedback, Hooks, Server, Switches } from "../../../lib/core/forge.ts";
import { type Contract, type MakeBench, prove, type Skip } from "../contract.ts";

/** A forge with jobs of its own. */
export interface JobForgeBench {
  readonly demand: Demand;
  readonly feedback: Feedback;
  readonly hooks: Hooks;
  readonly server: Server;
  readonly switches: Switches;
  readonly repo: RepoRef;
  /** Id of a commit of the scenario. */
  id(name: string): string;
  /** A job that waits for a runner, made by a push of the commit `github-only`. */
  queuedJob(): Promise<{ readonly id: string; readonly runId: string }>;
  /** Switches off the workflow file of that name, which the default branch has; hands back what the forge calls it. */
  switchOff(workflow: string): Promise<string>;
  /** The version that the server tells. */
  readonly version: string;
  /** Codes of what the server lacks. */
  readonly lacks: readonly string[];
}

export function jobForgeContract(adapter: string, make: MakeBench<JobForgeBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const hook = { url: "http://127.0.0.1:9/webhook/home", secret: "first" };
const on = ({ name }: RepoRef) => ({ kind: "repository", name }) as const;

const contract: Contract<JobForgeBench> = {
  port: "Demand, Feedback, Hooks, Server, Switches",
  cases: [
    {
      promise: "6-04 missed finds a job that waits for a runner, as its event would have told it",
      async prove({ demand, repo, queuedJob, id }) {
        const { id: jobId, runId } = await queuedJob();
        const found = (await demand.missed(0)).find(({ job }) => job?.id === jobId);
        expect(found).toMatchObject({
          v: 1,
          forge: "home",
          event: "workflow_job",
          action: "queued",
          repo,
          after: id("github-only"),
          job: {
            id: jobId,
            runId,
            try: 1,
            name: "j",
            labels: ["never-served"],
            status: "queued",
            headSha: id("github-only"),
          },
        });
      },
    },
    {
      promise: "job tells the forge's present word, and that an unknown job is gone",
      async prove({ demand, repo, queuedJob }) {
        const { id } = await queuedJob();
        expect(await demand.job(repo, id)).toMatchObject({ id, status: "queued", try: 1 });
        expect(await demand.job(repo, "999999999")).toBe("gone");
      },
    },
    {
      promise: "5-12 status is accepted, and again",
      async prove({ feedback, repo, id }) {
        const report = {
          context: "dayfly",
          state: "pending",
          text: "no capacity for 4 minutes, On-Demand next",
        } as const;
        await feedback.status(repo, id("root"), { ...report, url: "http://127.0.0.1:9/runs/1" });
        await feedback.status(repo, id("root"), report);
      },
    },
    {
      promise: "5-11 ensure creates our webhook once, and then finds it",
      async prove({ hooks, repo }) {
        const once = { ...hook, url: `${hook.url}/once` };
        const first = await hooks.ensure(on(repo), once);
        expect(first).toMatchObject({ outcome: "created", events: ["push", "pull_request", "workflow_job"] });
        expect(await hooks.ensure(on(repo), once)).toMatchObject({ outcome: "present", id: first.id });
      },
    },
    {
      promise: "5-11 ensure keeps hooks of different addresses apart",
      async prove({ hooks, repo }) {
        const at = (path: string) => hooks.ensure(on(repo), { ...hook, url: `${hook.url}/${path}` });
        expect(await at("a")).toMatchObject({ outcome: "created" });
        expect(await at("b")).toMatchObject({ outcome: "created" });
        expect(await at("a")).toMatchObject({ outcome: "present" });
      },
    },
    {
      promise: "5-11 ensure with a new secret leaves one hook, signed with that",
      async prove({ hooks, repo }) {
        const rotated = { url: `${hook.url}/rotated`, secret: "second" };
        await hooks.ensure(on(repo), { ...rotated, secret: "first" });
        expect((await hooks.ensure(on(repo), rotated)).outcome).not.toBe("created");
        expect(await hooks.ensure(on(repo), rotated)).toMatchObject({ outcome: "present" });
      },
    },
    {
      promise: "5-11 test has the forge send something to the hook",
      async prove({ hooks, repo }) {
        const { id } = await hooks.ensure(on(repo), { ...hook, url: `${hook.url}/tested` });
        expect(["answered", "sent"]).toContain((await hooks.test(on(repo), id)).kind);
      },
    },
    {
      promise: "disabled names the workflows that somebody has switched off, and no other",
      async prove({ switches, repo, switchOff }) {
        expect(await switches.disabled(repo)).toEqual([]);
        const name = await switchOff("ci.yml");
        expect(await switches.disabled(repo)).toEqual([name]);
      },
    },
    {
      promise: "5-01 probe tells the version and what that lacks",
      async prove({ server, version, lacks }) {
        const probed = await server.probe();
        expect(probed.version).toBe(version);
        expect(probed.lacks.map(({ code }) => code)).toEqual(lacks);
      },
    },
  ],
};
