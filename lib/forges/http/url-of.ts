import { UserError } from "../../core/errors.ts";

export interface Address {
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * A URL below the configured one, whatever stands in the parameters: each fills exactly one path segment.
 *
 * @throws UserError where the configured url is none, or a parameter would leave its segment
 */
export function urlOf(configured: string, { path, params = {}, query = {} }: Address): URL {
  const base = configuredUrl(configured);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, params[name]));
  const url = new URL(`${base.pathname.replace(/\/+$/, "")}${filled}`, base.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === "string" ? [value] : value) url.searchParams.append(name, one);
  }
  return url;
}

function configuredUrl(configured: string): URL {
  if (!URL.canParse(configured)) throw new UserError("the forge's url is no URL");
  const url = new URL(configured);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new UserError("the forge's url must be http or https");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new UserError("the forge's url may hold a host, a port and a path, nothing else");
  }
  return url;
}

/** The URL parser resolves dot segments even where they are percent-encoded, so these are refused rather than escaped. */
function segment(name: string, value: string | undefined): string {
  if (value === undefined || value === "" || /^\.{1,2}$/.test(value) || /\p{Surrogate}/u.test(value)) {
    throw new UserError(`${name} cannot be part of a path of the forge's API`);
  }
  return encodeURIComponent(value);
}
