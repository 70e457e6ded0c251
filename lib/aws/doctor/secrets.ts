import type { ConfigFile } from "../../core/config/config-file.ts";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";
import type { JsonApi } from "../json-api.ts";

interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
}

const placeholder = /^(|-|x+|\.+|change[-_ ]?me|placeholder|secret|token|todo|tbd|dummy|example|<.*>|\$.*)$/i;

const wholeKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----/;

/** Names that dayfly.yaml counts on; the previous secret may be empty, or not there. */
export function parametersOf({ forges }: ConfigFile): readonly string[] {
  const names = forges.flatMap(({ token, app, secret }) => [token, app?.key, secret]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Every value of these parameters. It is judged here, and never printed. */
export async function readParameters(ssm: JsonApi, names: readonly string[]): Promise<ReadonlyMap<string, Parameter>> {
  const found = new Map<string, Parameter>();
  for (let from = 0; from < names.length; from += 10) {
    const answer = await ssm.call("GetParameters", { Names: names.slice(from, from + 10), WithDecryption: true });
    for (const parameter of (answer.Parameters ?? []) as readonly Parameter[]) found.set(parameter.Name, parameter);
  }
  return found;
}

/** Which of these names holds a GitHub App's private key, and no line of text. */
export function holdsKey({ forges }: ConfigFile, name: string): boolean {
  return forges.some(({ app }) => app?.key === name);
}

export function checkParameter(name: string, parameter: Parameter | undefined, isKey: boolean): Check {
  const check = `parameter ${name}`;
  const store = `aws ssm put-parameter --overwrite --type SecureString --name ${name} --value`;
  // By standard input: an argument could be read by everybody on this computer.
  const put = isKey ? `${store} file://key.pem` : `read -rs V && printf %s "$V" | ${store} file:///dev/stdin`;
  if (!parameter) return bad(check, "is not there", put);
  if (placeholder.test(parameter.Value.trim())) return bad(check, "still holds a placeholder", put);
  if (isKey && !wholeKey.test(parameter.Value)) return bad(check, "holds no whole private key", put);
  if (!isKey && parameter.Value !== parameter.Value.trim())
    return bad(check, "has a space or line end around its value", put);
  if (parameter.Type !== "SecureString")
    return warning(check, `is a ${parameter.Type}: anybody who lists parameters reads it`, `Delete it, then: ${put}`);
  return ok(check, "is there");
}
