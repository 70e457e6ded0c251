import type { Clock, Secrets } from "../core/ports.ts";
import type { JsonApi } from "./json-api.ts";

/** Secrets in SSM parameters of type SecureString, by the names that dayfly.yaml gives them. */
export interface SsmSecrets extends Secrets {
  /** One value; undefined where there is no such parameter. */
  value(parameter: string): Promise<string | undefined>;
}

export interface SigningForge {
  readonly name: string;
  readonly secret?: string;
  readonly previousSecret?: string;
}

/** A rotated secret is known everywhere after so long; until then the previous one holds as well. */
const freshFor = 5 * 60_000;
/** While the parameters cannot be read, a secret that was good serves so long. */
const usableFor = 60 * 60_000;

interface Kept {
  readonly values: ReadonlyMap<string, string>;
  readonly at: number;
}

/** All names are read with one call, the first time that one of them is asked for. */
export function ssmSecrets(
  ssm: JsonApi,
  clock: Clock,
  forges: readonly SigningForge[],
  others: readonly string[] = [],
): SsmSecrets {
  const names = [...new Set([...forges.flatMap(({ secret, previousSecret }) => [secret, previousSecret]), ...others])];
  const wanted = names.filter((name) => name !== undefined);
  let kept: Kept | undefined;

  async function values(): Promise<ReadonlyMap<string, string>> {
    const now = clock.now();
    if (kept && now - kept.at < freshFor) return kept.values;
    try {
      kept = { values: await read(ssm, wanted), at: now };
    } catch (error) {
      if (!kept || now - kept.at >= usableFor) throw error;
    }
    return kept.values;
  }

  return {
    async webhook(name) {
      const forge = forges.find((one) => one.name === name);
      if (!forge) return [];
      const known = await values();
      return [forge.secret, forge.previousSecret].flatMap((parameter) => known.get(parameter ?? "") ?? []);
    },
    async value(parameter) {
      return (await values()).get(parameter);
    },
  };
}

/** GetParameters takes ten names at a time. */
async function read(ssm: JsonApi, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let from = 0; from < names.length; from += 10) {
    const answer = await ssm.call("GetParameters", { Names: names.slice(from, from + 10), WithDecryption: true });
    for (const { Name, Value } of (answer.Parameters ?? []) as { Name: string; Value: string }[]) {
      if (Value !== "") found.set(Name, Value);
    }
  }
  return found;
}
