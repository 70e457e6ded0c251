import type { Launch } from "../core/run/launch.ts";

/**
 * Tags that travel in the launch call itself, so that no machine is ever without them.
 *
 * Keys hold no slash and no space: with tags in the instance metadata switched on, such a key makes every launch fail.
 * Values are identities and times, never a secret and never a forge's free text.
 */
export const stackTag = "dayfly-stack";
export const launchTag = "dayfly-launch";
export const deadlineTag = "dayfly-deadline";
/** On hosts that we deploy to; its value is the stack's name. No machine of ours ever carries it. */
export const targetTag = "dayfly-target";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export function launchTags(stack: string, launch: Launch): readonly Tag[] {
  return [
    { Key: "Name", Value: `${stack} ${launch.profile}` },
    { Key: stackTag, Value: stack },
    { Key: launchTag, Value: launch.id },
    { Key: deadlineTag, Value: new Date(launch.deadline).toISOString() },
  ];
}

/** Value of a tag that EC2 lists; undefined where the machine has none. */
export function tagValue(tags: readonly { Key?: string; Value?: string }[] | undefined, key: string) {
  return tags?.find((tag) => tag.Key === key)?.Value;
}
