import { UserError } from "../core/errors.ts";
import type { Machines } from "../core/ports.ts";
import type { JsonApi } from "./json-api.ts";

/** How machines of one profile are launched in this stack. */
export interface ProfileLaunch {
  readonly templateId: string;
  /** A number: `$Latest` may become another one between two tries of a launch. */
  readonly templateVersion: string;
  /** One image id, or names of parameters that hold one, best first: our own image, then the provider's stock one. */
  readonly images: readonly string[];
  readonly types: readonly string[];
}

/**
 * Freezes what a launch depends on. The image is looked up now and its id written down, because a parameter that moves
 * between two tries would make the second one a different request under the same token.
 */
export function planFreezer(
  ssm: JsonApi,
  profiles: ReadonlyMap<string, ProfileLaunch>,
  subnets: readonly string[],
): Machines["plan"] {
  return async (profile, market) => {
    const launch = profiles.get(profile.name);
    if (!launch) throw new UserError(`profile ${profile.name} has no launch template in this stack: deploy it again`);
    const { templateId, templateVersion, types, images } = launch;
    return { kind: "ec2", imageId: await firstImage(ssm, images), templateId, templateVersion, types, subnets, market };
  };
}

async function firstImage(ssm: JsonApi, images: readonly string[]): Promise<string> {
  const [first] = images;
  if (isImageId(first)) return first;

  const values = await parameters(ssm, images);
  for (const name of images) {
    const id = values.get(name);
    if (id === undefined) continue;
    if (!isImageId(id)) throw new UserError(`parameter ${name} holds no image id`);
    return id;
  }
  throw new UserError(`no image: none of the parameters ${images.join(", ")} exists in this region`);
}

async function parameters(ssm: JsonApi, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const answer = await ssm.call("GetParameters", { Names: names });
  const found = (answer.Parameters ?? []) as readonly { Name: string; Value: string }[];
  return new Map(found.map(({ Name, Value }) => [Name, Value]));
}

function isImageId(text: string | undefined): text is string {
  return /^ami-[0-9a-f]{8,17}$/.test(text ?? "");
}
