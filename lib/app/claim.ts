import type { Forge, Registration } from "../core/forge.ts";
import { hashOf } from "../core/hash.ts";
import { isoOf } from "../core/iso-time.ts";
import type { World } from "../core/ports.ts";
import { decide } from "../core/run/decide.ts";
import type { Launch } from "../core/run/launch.ts";
import type { Machine } from "../core/run/machine.ts";
import { isEnded, type Run } from "../core/run/run.ts";
import { apply, settle } from "./apply.ts";
import { limitsOf, profileOf } from "./limits.ts";
import { needsOf } from "./needs.ts";
import { nextRunnerName, removeRegistration, runnerNameOf } from "./registration.ts";
import { claimableRuns } from "./seats.ts";
import { seatOn } from "./spare.ts";

/** Who calls: proved by the entry (a signature of the instance's own role, or a one-time key), never taken from the body. */
export interface Caller {
  readonly instanceId: string;
}

export type ClaimAnswer =
  | { readonly status: 200; readonly body: Claimed }
  | {
      readonly status: 409;
      readonly body: { readonly error: "taken" | "superseded" | "ended" | "expired"; readonly text: string };
    }
  | { readonly status: 403 | 503; readonly body: { readonly error: string; readonly text: string } };

/** All that a machine needs to serve its run. Holds secrets: it is answered, never stored or logged. */
export interface Claimed {
  readonly runKey: string;
  readonly attempt: number;
  readonly runner: string;
  readonly url: string;
  readonly labels: readonly string[];
  readonly registration: Registration;
  /** Reads the job's own repository, where the profile asks for it and the forge has such a token. */
  readonly git?: { readonly url: string; readonly token: string };
  readonly idleSeconds: number;
  /** ISO time at which the machine ends, whatever it does. */
  readonly deadline: string;
  readonly machineToken: string;
}

/**
 * A machine asks what it is for. It wins a run by one conditional write, and only then gets a registration:
 * a double launch costs cents, never a double run.
 */
export async function claim(world: World, caller: Caller, bootId: string): Promise<ClaimAnswer> {
  const known = await world.machineRecords.get(caller.instanceId);
  if (known) return claimAgain(world, known, bootId);

  const launch = await launchOf(world, caller.instanceId);
  if (launch === "not-visible") return refuse(503, "not-visible", "this instance cannot be seen yet, come again");
  if (launch === "unknown") return refuse(403, "unknown-instance", "no launch of ours made this instance");
  if (world.clock.now() >= launch.deadline) return conflict("expired", "the launch is past its deadline");

  for await (const run of claimableRuns(world, launch)) {
    const won = await bind(world, caller, bootId, launch, run);
    if (won === "machine-known") return claim(world, caller, bootId);
    if (won !== "run-taken") return hand(world, won.machine, won.run, won.token);
  }
  return conflict("superseded", "every run of this launch has a machine or has ended");
}

/** The same boot may come again until its runner is seen: the answer to its first claim may have been lost. */
async function claimAgain(world: World, machine: Machine, bootId: string): Promise<ClaimAnswer> {
  if (machine.endedAt !== undefined) return conflict("ended", "this machine has ended, or was given up");
  if (machine.bootId !== bootId || machine.seenAt !== undefined)
    return conflict("taken", "this machine has had its claim");
  const run = await world.runs.get(machine.runKey);
  if (!run || isEnded(run)) return conflict("ended", "the run has ended");

  await removeRegistration(world, machine);
  const token = world.random.hex(64);
  const { runnerId: _removed, ...kept } = machine;
  const again: Machine = { ...kept, runnerName: nextRunnerName(machine.runnerName), tokenHash: hashOf([token]) };
  if ((await world.machineRecords.save(again, machine.version)) === "stale")
    return conflict("taken", "a second claim came at the same time");
  const at = world.clock.now();
  const renamed = await apply(world, run.key, () => ({
    kind: "renamed",
    at,
    instanceId: machine.instanceId,
    runnerName: again.runnerName,
  }));
  return hand(world, { ...again, version: machine.version + 1 }, renamed ?? run, token);
}

async function launchOf(world: World, instanceId: string): Promise<Launch | "not-visible" | "unknown"> {
  const listed = (await world.machines.list()).find((machine) => machine.instanceId === instanceId);
  if (!listed) return "not-visible";
  const launch = listed.launchId === undefined ? undefined : await world.launches.get(listed.launchId);
  return launch ?? "unknown";
}

interface Bound {
  readonly machine: Machine;
  readonly run: Run;
  readonly token: string;
}

async function bind(
  world: World,
  caller: Caller,
  bootId: string,
  launch: Launch,
  run: Run,
): Promise<Bound | "machine-known" | "run-taken"> {
  const at = world.clock.now();
  const token = world.random.hex(64);
  const begins = forgeOf(world, run).serves === "its-run";
  const machine: Machine = {
    instanceId: caller.instanceId,
    launchId: launch.id,
    runKey: run.key,
    serves: begins ? "its-run" : "any-job",
    ...(begins ? { servesKey: run.key } : {}),
    forge: run.forge,
    scope: run.scope,
    repoId: run.repoId,
    repo: run.repo,
    profile: launch.profile,
    labels: run.labels,
    bootId,
    runnerName: runnerNameOf(caller.instanceId),
    tokenHash: hashOf([token]),
    claimedAt: at,
    deadline: launch.deadline,
    version: 1,
  };
  const next = decide(run, { kind: "claimed", at, seat: seatOn(machine), begins }, limitsOf(world.config, run));
  if (next === run) return "run-taken";
  const outcome = await world.machineRecords.claim(machine, next, run.version);
  if (outcome !== "ok") return outcome;
  const { key, repo, jobName } = run;
  world.log.info("run claimed", {
    runKey: key,
    repo,
    job: jobName,
    instanceId: caller.instanceId,
    launchId: launch.id,
  });
  return { machine, run: await settle(world, { ...next, version: run.version + 1 }), token };
}

/** Registers the runner at the forge. Fails it, the claim stands and the machine comes again. */
async function hand(world: World, machine: Machine, run: Run, machineToken: string): Promise<ClaimAnswer> {
  const forge = forgeOf(world, run);
  const repo = { id: run.repoId, name: run.repo };
  const needs = await needsOf(world, run);
  const registration = await forge.enrolment.enrol({
    scope: run.scope,
    repo,
    name: machine.runnerName,
    labels: machine.labels,
    job: { run, needs },
  });
  if (registration.kind !== "builtin") {
    await world.machineRecords.save({ ...machine, runnerId: registration.runnerId }, machine.version);
  }
  const url = world.config.forges.find(({ name }) => name === run.forge)?.url ?? "";
  const wantsGit = profileOf(world.config, machine)?.gitCredentials === true;
  const gitToken = wantsGit ? await forge.repositoryToken?.(repo) : undefined;
  return {
    status: 200,
    body: {
      runKey: run.key,
      attempt: run.attempt,
      runner: machine.runnerName,
      url,
      labels: machine.labels,
      registration,
      ...(gitToken !== undefined && { git: { url, token: gitToken } }),
      idleSeconds: (profileOf(world.config, machine)?.limits.idleMinutes ?? 5) * 60,
      deadline: isoOf(machine.deadline),
      machineToken,
    },
  };
}

function forgeOf(world: World, run: Run): Forge {
  const forge = world.forge(run.forge);
  if (!forge) throw new Error(`run ${run.key} belongs to forge ${run.forge}, which is not configured`);
  return forge;
}

function refuse(status: 403 | 503, error: string, text: string): ClaimAnswer {
  return { status, body: { error, text } };
}

function conflict(error: "taken" | "superseded" | "ended" | "expired", text: string): ClaimAnswer {
  return { status: 409, body: { error, text } };
}
