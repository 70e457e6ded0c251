import {
  CreateFleetCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { WorldError } from "../core/errors.ts";
import type { Clock, LaunchResult, Machines } from "../core/ports.ts";
import type { Launch, LaunchedMachine } from "../core/run/launch.ts";
import type { ListedMachine } from "../core/run/machine.ts";
import { fleetInput, readFleet, verdict } from "./fleet-call.ts";
import { deadlineTag, launchTag, stackTag, tagValue } from "./launch-tags.ts";

export interface Ec2MachinesOptions {
  /** Without retries of its own: a repeated launch is our decision, never the SDK's. */
  readonly launcher: EC2Client;
  /** For everything that may be repeated at will. */
  readonly ec2: EC2Client;
  readonly clock: Clock;
  /** Our own stack's name: we see and end nothing that bears another one. */
  readonly stack: string;
  readonly plan: Machines["plan"];
  /** Waits between the two looks of a recovery. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A launch older than this may have machines that EC2 shows by now: look before asking again. */
const visibleAfter = 60_000;
const betweenLooks = 2_000;

/** Machines on EC2: one CreateFleet call of type `instant` for each launch record. */
export function ec2Machines(options: Ec2MachinesOptions): Machines {
  const { ec2, clock, stack } = options;
  return {
    plan: options.plan,
    async launch(launch) {
      if (clock.now() - launch.createdAt > visibleAfter) {
        const found = await recover(options, launch);
        if (found) return found;
      }
      return await callFleet(options, launch);
    },
    async list() {
      const instances = await describe(ec2, stackTag, stack);
      return instances.flatMap(listed);
    },
    async terminate(instanceId) {
      try {
        await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
      } catch (error) {
        const { code } = failure(error);
        if (/^InvalidInstanceID\.(NotFound|Malformed)$/.test(code)) return;
        throw worldError(`terminate ${instanceId}`, error);
      }
    },
  };
}

async function callFleet({ launcher, stack }: Ec2MachinesOptions, launch: Launch): Promise<LaunchResult> {
  if (launch.plan.kind !== "ec2") throw new WorldError(`launch ${launch.id} is not for EC2`, { retryable: false });
  try {
    return readFleet(launch, await launcher.send(new CreateFleetCommand(fleetInput(launch, launch.plan, stack))));
  } catch (error) {
    const { code, message } = failure(error);
    const said = verdict(code, message);
    if (said.class === "unknown") return { kind: "unknown", text: said.text };
    return { kind: "none", shortage: { class: said.class, code: said.code, text: said.text } };
  }
}

/**
 * What an earlier call with this launch has started, by its tag. EC2 shows a new machine late, so nobody is believed
 * after one look; machines that have ended by now count as started.
 */
async function recover({ ec2, pause }: Ec2MachinesOptions, launch: Launch): Promise<LaunchResult | undefined> {
  const seen = new Map<string, LaunchedMachine>();
  for (let look = 0; look < 2 && seen.size < launch.count; look++) {
    if (look > 0) await pause(betweenLooks);
    for (const instance of await describe(ec2, launchTag, launch.id)) {
      if (instance.InstanceId) seen.set(instance.InstanceId, launched(instance.InstanceId, instance));
    }
  }
  if (seen.size === 0) return undefined;
  const machines = [...seen.values()];
  if (machines.length >= launch.count) return { kind: "launched", machines };
  const text = `the answer to this launch was lost; ${machines.length} of ${launch.count} machines bear its tag`;
  return { kind: "launched", machines, shortage: { class: "pool", code: "AnswerLost", text } };
}

async function describe(ec2: EC2Client, tag: string, value: string): Promise<readonly Instance[]> {
  const instances: Instance[] = [];
  let token: string | undefined;
  do {
    const page = await ec2
      .send(
        new DescribeInstancesCommand({
          Filters: [{ Name: `tag:${tag}`, Values: [literal(value)] }],
          MaxResults: 1000,
          NextToken: token,
        }),
      )
      .catch((error) => {
        throw worldError(`describe instances by ${tag}`, error);
      });
    for (const reservation of page.Reservations ?? []) instances.push(...(reservation.Instances ?? []));
    token = page.NextToken;
  } while (token);
  return instances;
}

/** Filter values are patterns of `*` and `?`; a backslash makes them plain. */
function literal(value: string): string {
  return value.replace(/[\\*?]/g, (sign) => `\\${sign}`);
}

/** A machine of ours never stops by itself: somebody's hand did it, and it stays and costs its disk until we end it. */
const states: Readonly<Record<string, ListedMachine["state"]>> = {
  pending: "pending",
  running: "running",
  stopping: "running",
  stopped: "running",
  "shutting-down": "stopping",
  terminated: "ended",
};

function listed(instance: Instance): readonly ListedMachine[] {
  const state = states[instance.State?.Name ?? ""];
  if (!instance.InstanceId || !instance.LaunchTime || !state) return [];
  const launchId = tagValue(instance.Tags, launchTag);
  const deadline = Date.parse(tagValue(instance.Tags, deadlineTag) ?? "");
  return [
    {
      instanceId: instance.InstanceId,
      launchedAt: instance.LaunchTime.getTime(),
      state,
      ...(launchId && { launchId }),
      ...(Number.isFinite(deadline) && { deadline }),
    },
  ];
}

function launched(instanceId: string, instance: Instance): LaunchedMachine {
  return {
    instanceId,
    ...(instance.InstanceType && { instanceType: instance.InstanceType }),
    ...(instance.Placement?.AvailabilityZone && { zone: instance.Placement.AvailabilityZone }),
    market: instance.InstanceLifecycle === "spot" ? "spot" : "on-demand",
  };
}

function failure(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  return { code: error.name, message: error.message };
}

function worldError(what: string, error: unknown): WorldError {
  const { code, message } = failure(error);
  const said = verdict(code, message);
  return new WorldError(`${what}: ${code}: ${said.text}`, { retryable: said.class !== "permanent", cause: error });
}
