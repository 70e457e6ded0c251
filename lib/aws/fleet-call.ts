import type { _InstanceType, CreateFleetCommandInput, CreateFleetCommandOutput } from "@aws-sdk/client-ec2";
import type { LaunchResult } from "../core/ports.ts";
import type { Launch, LaunchedMachine, LaunchPlan, Shortage } from "../core/run/launch.ts";
import { classifyCode, explainCode, type LaunchErrorClass } from "./launch-errors.ts";
import { launchTags } from "./launch-tags.ts";

type Ec2Plan = Extract<LaunchPlan, { kind: "ec2" }>;

/**
 * The one CreateFleet call of a launch. A function of the launch record alone: repeated after any crash it is the same
 * request to the last byte, which is what a client token promises about.
 */
export function fleetInput(launch: Launch, plan: Ec2Plan, stack: string): CreateFleetCommandInput {
  const spot = plan.market === "spot";
  return {
    Type: "instant",
    ClientToken: launch.token,
    TargetCapacitySpecification: { TotalTargetCapacity: launch.count, DefaultTargetCapacityType: plan.market },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateId: plan.templateId, Version: plan.templateVersion },
        Overrides: plan.types.flatMap((type) =>
          plan.subnets.map((subnet) => ({
            // The SDK types its names as an enum of today's instance types; the API takes tomorrow's as well.
            InstanceType: type as _InstanceType,
            SubnetId: subnet,
            ImageId: plan.imageId,
          })),
        ),
      },
    ],
    ...(spot
      ? { SpotOptions: { AllocationStrategy: "price-capacity-optimized", InstanceInterruptionBehavior: "terminate" } }
      : { OnDemandOptions: { AllocationStrategy: "lowest-price" } }),
    TagSpecifications: [{ ResourceType: "instance", Tags: [...launchTags(stack, launch)] }],
  };
}

/**
 * An answer with `Errors` and machines at once is normal, so machines are counted first and only what is missing is classified.
 * Without any machine, a code that promises nothing leaves the launch `unknown`.
 */
export function readFleet(launch: Launch, output: CreateFleetCommandOutput): LaunchResult {
  const machines = (output.Instances ?? []).flatMap((group) =>
    (group.InstanceIds ?? []).map(
      (instanceId): LaunchedMachine => ({
        instanceId,
        ...(group.InstanceType && { instanceType: group.InstanceType }),
        ...(group.AvailabilityZone && { zone: group.AvailabilityZone }),
        market: group.Lifecycle === "spot" ? "spot" : "on-demand",
      }),
    ),
  );
  if (machines.length >= launch.count) return { kind: "launched", machines };

  const worst = gravest(output.Errors ?? []);
  if (machines.length > 0) return { kind: "launched", machines, shortage: asShortage(worst) };
  if (worst.class === "unknown") return { kind: "unknown", text: worst.text };
  return { kind: "none", shortage: asShortage(worst) };
}

interface Verdict {
  readonly class: LaunchErrorClass;
  readonly code: string;
  readonly text: string;
}

export function verdict(code: string, message: string | undefined): Verdict {
  return { class: classifyCode(code), code, text: explainCode(code, message) };
}

/** What to do about several codes at once: a code that leaves hope outranks `permanent`, one that promises nothing outranks all. */
const gravity: readonly LaunchErrorClass[] = ["unknown", "throttled", "account", "pool", "permanent"];

function gravest(errors: NonNullable<CreateFleetCommandOutput["Errors"]>): Verdict {
  const verdicts = errors.map((error) => verdict(error.ErrorCode ?? "", error.ErrorMessage));
  for (const level of gravity) {
    const found = verdicts.find((one) => one.class === level);
    if (found) return found;
  }
  return { class: "pool", code: "NoReason", text: "EC2 started fewer machines than asked for and gave no reason" };
}

/** Beside machines that did start, a code that promises nothing can only mean: take the missing ones elsewhere. */
function asShortage({ class: errorClass, code, text }: Verdict): Shortage {
  return { class: errorClass === "unknown" ? "pool" : errorClass, code, text };
}
