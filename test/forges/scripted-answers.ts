/** Answers requests below `/api/v1` by their paths: with a value, or with a bare status. A path that is not there is 404. */
export function answersOf(answers: Readonly<Record<string, unknown>>): {
  readonly fetch: typeof fetch;
  readonly requests: readonly string[];
  readonly queries: readonly string[];
} {
  const requests: string[] = [];
  const queries: string[] = [];
  return {
    requests,
    queries,
    fetch: async (input) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      const path = pathname.replace(/^\/api\/v1/, "");
      requests.push(path);
      queries.push(search);
      const answer = Object.hasOwn(answers, path) ? answers[path] : 404;
      return typeof answer === "number" ? new Response("{}", { status: answer }) : Response.json(answer);
    },
  };
}
