import type { Instant } from "../event.ts";

/** Hosts as Systems Manager knows them: for whoever joins one, with an administrator's rights. */
export interface TargetNodes {
  /** undefined: SSM has never heard of it. */
  node(instanceId: string): Promise<TargetNode | undefined>;
  /** Marks an EC2 instance as a target of the stack: only such hosts may be sent to. */
  tag(instanceId: string, stack: string): Promise<void>;
  /** One registration, marked as a target from the start, worth nothing after `expires`. */
  activate(wish: ActivationWish): Promise<Activation>;
  /** Who registered with it; undefined while nobody has. */
  registered(activationId: string): Promise<string | undefined>;
  /** Takes the activation away, used or not; what is registered stays. An absent one is a success. */
  forget(activationId: string): Promise<void>;
  /** Runs a script there as root, and waits for its end. */
  run(instanceId: string, script: string): Promise<{ readonly code: number; readonly output: string }>;
}

export interface TargetNode {
  readonly online: boolean;
  readonly platform: string;
  /** Of the SSM agent: `3.3.3572.0`. */
  readonly agent: string;
}

export interface ActivationWish {
  readonly name: string;
  readonly stack: string;
  /** Name of the role that the host will have. */
  readonly role: string;
  readonly expires: Instant;
}

export interface Activation {
  readonly id: string;
  /** Secret: whoever has it can register one host while it lasts. */
  readonly code: string;
}

/** The first agent that hands values over as variables, and never as text of a script. */
export const OLDEST_AGENT = "3.3.2746.0";

/** What keeps this node from being a target; undefined where nothing does. */
export function unfitness({ online, platform, agent }: TargetNode): string | undefined {
  if (!online) return "its agent is not connected now";
  if (platform !== "Linux") return `it runs ${platform}; deployctl needs Linux`;
  if (isOlder(agent, OLDEST_AGENT)) return `its agent is ${agent}; it has to be ${OLDEST_AGENT} or newer`;
  return undefined;
}

function isOlder(version: string, wanted: string): boolean {
  const [have, want] = [version, wanted].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const at = want.findIndex((part, index) => part !== have[index]);
  return at !== -1 && (have[at] ?? 0) < (want[at] ?? 0);
}
