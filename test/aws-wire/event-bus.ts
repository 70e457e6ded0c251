import type { DeployedRule } from "./deployed.ts";

/**
 * EC2's events, to every function whose rule fits.
 *
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export interface EventBus {
  ended(instanceId: string): void;
  interruption(instanceId: string): void;
  rebalance(instanceId: string): void;
}

/** @param deliver hands an event to a function */
export function eventBus(rules: readonly DeployedRule[], deliver: (id: string, event: object) => void): EventBus {
  function put(type: string, detail: Readonly<Record<string, string>>): void {
    const event = { version: "0", source: "aws.ec2", "detail-type": type, time: new Date().toISOString(), detail };
    for (const { pattern, function: id } of rules) if (pattern && fits(pattern, event)) deliver(id, event);
  }
  return {
    ended: (id) => put("EC2 Instance State-change Notification", { "instance-id": id, state: "terminated" }),
    interruption: (id) =>
      put("EC2 Spot Instance Interruption Warning", { "instance-id": id, "instance-action": "terminate" }),
    rebalance: (id) => put("EC2 Instance Rebalance Recommendation", { "instance-id": id }),
  };
}

type Pattern = NonNullable<DeployedRule["pattern"]>;
type Event = {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, string>>;
};

function fits({ source, "detail-type": types, detail: wanted = {} }: Pattern, event: Event): boolean {
  if (!source.includes(event.source) || !types.includes(event["detail-type"])) return false;
  return Object.entries(wanted).every(([name, values]) => values.includes(event.detail[name] ?? ""));
}
