/**
 * Every status of a command on one node, by its details, with the `Status` that goes with it:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html (StatusDetails) and
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
 */
export const invocationStatuses = {
  Pending: "Pending",
  "In Progress": "InProgress",
  Delayed: "Delayed",
  Success: "Success",
  "Delivery Timed Out": "TimedOut",
  "Execution Timed Out": "TimedOut",
  Failed: "Failed",
  Cancelling: "Cancelling",
  Cancelled: "Cancelled",
  Undeliverable: "Failed",
  Terminated: "Failed",
  InvalidPlatform: "Failed",
  AccessDenied: "Failed",
} as const;
export type InvocationStatus = keyof typeof invocationStatuses;

/**
 * Every status of a whole command:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Command.html (StatusDetails) and
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandFilter.html (those that can be asked for)
 */
export const commandStatuses = {
  Pending: "Pending",
  "In Progress": "InProgress",
  Delayed: "InProgress",
  Success: "Success",
  "Delivery Timed Out": "TimedOut",
  "Execution Timed Out": "TimedOut",
  Failed: "Failed",
  Incomplete: "Failed",
  Cancelling: "Cancelling",
  Cancelled: "Cancelled",
  "Rate Exceeded": "Failed",
  "No Instances In Tag": "Success",
  "Limit Exceeded": "Failed",
  "Access Denied": "Failed",
  Undeliverable: "Failed",
  Terminated: "Failed",
  InvalidPlatform: "Failed",
  AccessDenied: "Failed",
} as const;
export type CommandStatus = keyof typeof commandStatuses;

/** Commands that were ended before anything was made of them for a node. */
export const withoutInvocation: readonly CommandStatus[] = [
  "Rate Exceeded",
  "No Instances In Tag",
  "Limit Exceeded",
  "Access Denied",
];
