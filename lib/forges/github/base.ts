/** Where GitHub's APIs lie. */
export interface GithubBase {
  /** Origin that every call goes to. */
  readonly url: string;
  /** Prefix of the REST API's paths there. */
  readonly rest: string;
  /** Path of the GraphQL API there. */
  readonly graphql: string;
}

/** github.com and *.ghe.com have their APIs on a host of their own, Enterprise Server has them below a path. */
export function baseOf(configured: string): GithubBase {
  const url = URL.canParse(configured) ? new URL(configured) : undefined;
  if (url?.hostname === "github.com") return { url: "https://api.github.com", rest: "", graphql: "/graphql" };
  if (url?.hostname.endsWith(".ghe.com")) return { url: `https://api.${url.host}`, rest: "", graphql: "/graphql" };
  return { url: configured, rest: "/api/v3", graphql: "/api/graphql" };
}

export const headers = { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" };
