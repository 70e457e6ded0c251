import { UserError } from "../core/errors.ts";
import type { World } from "../core/ports.ts";
import { isEnded, type Run } from "../core/run/run.ts";
import { keyOfRetry } from "../core/run/run-key.ts";
import { advance } from "./advance.ts";
import { apply } from "./apply.ts";
import { newRun } from "./new-run.ts";

/** A person does not want a run any more. Its machine ends with it. Cancelling an ended run changes nothing. */
export async function cancelRun(world: World, key: string, by: string): Promise<Run> {
  const at = world.clock.now();
  return found(key, await apply(world, key, () => ({ kind: "cancel", at, by })));
}

/**
 * A person wants an ended run again. Where the forge owns the job it is asked to run it again and its job event makes the new run;
 * else the new run is made here.
 *
 * @returns the new run, or undefined where the forge makes it
 */
export async function retryRun(world: World, key: string, by: string): Promise<Run | undefined> {
  const run = found(key, await world.runs.get(key));
  if (!isEnded(run)) throw new UserError(`run ${key} has not ended: it is ${run.status}`);
  if (run.forgeJobId !== undefined) return rerunAtForge(world, run);
  if (run.profile === undefined) throw new UserError(`run ${key} was skipped: ${run.reason.text}`);
  const again = keyOfRetry(key);
  const { forge, scope, repoId, repo, event, ref, sha, workflow, job, jobName, matrixIndex, labels, profile, pushId } =
    run;
  const facts = {
    forge,
    scope,
    repoId,
    repo,
    event,
    ref,
    sha,
    workflow,
    job,
    jobName,
    matrixIndex,
    labels,
    profile,
    pushId,
  };
  const present = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as typeof facts;
  const reason = { code: "retry", text: `asked for again by ${by}` };
  await world.runs.create(
    newRun({ ...present, key: again, needs: run.needs, rerunOf: key, reason }, "queued", world.clock.now()),
  );
  await advance(world, again);
  return world.runs.get(again);
}

async function rerunAtForge(world: World, run: Run): Promise<undefined> {
  const feedback = world.forge(run.forge)?.feedback;
  const repo = { id: run.repoId, name: run.repo };
  const done = await feedback?.rerun(repo, run.forgeRunId ?? "", run.forgeJobId ?? "");
  if (!done) throw new UserError(`${run.forge} cannot be asked to run ${run.jobName} again; do it on its page`);
}

function found(key: string, run: Run | undefined): Run {
  if (!run) throw new UserError(`there is no run ${key}`);
  return run;
}
