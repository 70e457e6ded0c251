import * as z from "zod/mini";
import type { Notice } from "../lib/app/notice.ts";

export type ControlEvent =
  | { readonly kind: "messages"; readonly records: z.infer<typeof Messages>["Records"] }
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "command"; readonly deployId: string }
  | { readonly kind: "cleanup" }
  | { readonly kind: "unknown"; readonly what: string };

const text = z.string();
const Messages = z.object({
  Records: z.array(
    z.object({
      messageId: text,
      receiptHandle: text,
      body: text,
      attributes: z.object({ ApproximateReceiveCount: text }),
    }),
  ),
});

const Ec2Event = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": text,
  detail: z.object({ "instance-id": z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/)) }),
});

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html: parameters are text there. */
const CommandEvent = z.object({
  source: z.literal("aws.ssm"),
  "detail-type": z.literal("EC2 Command Status-change Notification"),
  detail: z.object({ parameters: z.string().check(z.regex(/"id":\s*\["[0-9a-f]{32}"\]/)) }),
});

/** What woke the function: the queue, EC2, SSM, the clock, or a person with an empty event. */
export function readControlEvent(event: unknown): ControlEvent {
  const messages = Messages.safeParse(event);
  if (messages.success) return { kind: "messages", records: messages.data.Records };
  const ec2 = Ec2Event.safeParse(event);
  if (ec2.success) {
    const kind = ec2.data["detail-type"] === "EC2 Instance State-change Notification" ? "ended" : "warned";
    return { kind: "notice", notice: { instanceId: ec2.data.detail["instance-id"], kind } };
  }
  const command = CommandEvent.safeParse(event);
  if (command.success) {
    const [, deployId = ""] = /"id":\s*\["([0-9a-f]{32})"\]/.exec(command.data.detail.parameters) ?? [];
    return { kind: "command", deployId };
  }
  if (isCleanup(event)) return { kind: "cleanup" };
  return {
    kind: "unknown",
    what: typeof event === "object" && event ? Object.keys(event).slice(0, 10).join(",") : typeof event,
  };
}

/** `{"action":"cleanup"}`, `{}`, nothing at all, or an HTTP call with such a body. */
function isCleanup(event: unknown): boolean {
  if (event === null || event === undefined || event === "") return true;
  if (typeof event !== "object") return false;
  if ("body" in event) return isCleanup(parsed(event.body));
  const keys = Object.keys(event);
  return keys.length === 0 || ("action" in event && event.action === "cleanup");
}

function parsed(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return body ?? undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
