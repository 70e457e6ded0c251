import { readFileSync } from "node:fs";
import { check, eventually, jobs, push, type Stage } from "./stage.ts";

export async function pushMain(stage: Stage, name: string, conclusions: readonly string[]): Promise<void> {
  push(stage, name, "refs/heads/main");
  await ended(stage, conclusions);
}

/** Gitea breaks down (500) where it has not noticed yet that the repository is no longer empty. */
export async function startByHand({ server, repository }: Stage, ref: string): Promise<void> {
  const path = `/repos/${server.login}/${repository}`;
  const isKnown = (): Promise<boolean> =>
    server.call("GET", `${path}/branches/${ref}`).then(
      () => true,
      () => false,
    );
  await eventually(`Gitea knows ${ref}`, isKnown);
  await server.call("POST", `${path}/actions/workflows/deploy.yaml/dispatches`, { ref, inputs: { where: "prod" } });
}

interface Deployed {
  readonly id: string;
  readonly status: string;
  readonly by: string;
  readonly release?: { readonly tag: string; readonly commit?: string };
  readonly reason: { readonly text: string };
}

/** Oldest first. */
export async function deployed({ dayfly }: Stage): Promise<readonly Deployed[]> {
  const { code, out, talk } = dayfly.run("deploy", "list", "--json");
  check(code === 0, `deploys are listed: ${talk}`);
  return [...(JSON.parse(out) as { deploys: readonly Deployed[] }).deploys].reverse();
}

/** Waits until the deploys are these, oldest first, each as name of its commit and status. */
export async function deploys(stage: Stage, wanted: readonly string[]): Promise<void> {
  let seen = "";
  const named = (list: readonly Deployed[]): string =>
    list.map(({ release, status }) => `${release?.commit} ${status}`).join(", ");
  const ids = wanted.map((words) => words.replace(/^\S+/, (name) => stage.scratch.idOf(name))).join(", ");
  await eventually(`the deploys are ${wanted.join(", ")}`, async () => {
    seen = named(await deployed(stage));
    return seen === ids;
  }).catch(async (error: Error) => {
    const reasons = (await deployed(stage)).map(({ reason }) => reason.text);
    throw new Error(`${error.message}\n  but: ${seen}\n  ${reasons.join("\n  ")}`);
  });
}

/** Waits until Gitea's deploy jobs have ended like this, oldest first. */
export async function ended(stage: Stage, wanted: readonly string[]): Promise<void> {
  let seen = "";
  await eventually(`the deploy jobs end as ${wanted}`, async () => {
    const ours = (await jobs(stage)).filter(({ name }) => name === "deploy").sort((a, b) => a.id - b.id);
    seen = ours.map(({ status, conclusion }) => (status === "completed" ? conclusion : status)).join();
    return seen === wanted.join();
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n  but: ${seen}\n${logOf(stage)}`);
  });
}

export const jobOf = ({ server, repository }: Stage): string => `job deploy of ${server.login}/${repository}`;

export function logOf({ dayfly }: Stage): string {
  return readFileSync(`${dayfly.folder}/dayfly.log`, "utf8").split("\n").slice(-40).join("\n");
}
