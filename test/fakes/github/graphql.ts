import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLSchema, graphql } from "graphql";
import type { ScratchRepository } from "../scratch-repository.ts";
import { REPOSITORY } from "./routes.ts";

let known: GraphQLSchema | undefined;

/** GitHub's own schema; reading it takes half a second, so once. */
function githubSchema(): GraphQLSchema {
  const file = new URL("../../../node_modules/@octokit/graphql-schema/schema.graphql", import.meta.url);
  known ??= buildSchema(readFileSync(file, "utf8"), { assumeValid: true });
  return known;
}

/** Runs a query by GitHub's schema against the repository; what the schema does not allow is noted as a problem. */
export async function answerQuery(scratch: ScratchRepository, body: unknown, problems: string[]): Promise<unknown> {
  const { query, variables } = body as { query: string; variables: Record<string, unknown> };
  const { data, errors } = await graphql({
    schema: githubSchema(),
    source: query,
    variableValues: variables,
    rootValue: { repository: (asked: { owner: string; name: string }) => repository(scratch, asked) },
  });
  if (!errors) return { data };
  const notFound = errors.some(({ message }) => message === "NOT_FOUND");
  if (!notFound) problems.push(...errors.map(({ message }) => `GraphQL: ${message}`));
  return { data, errors: errors.map(({ message }) => ({ type: notFound ? "NOT_FOUND" : "INVALID", message })) };
}

function repository(scratch: ScratchRepository, { owner, name }: { owner: string; name: string }): unknown {
  if (`${owner}/${name}` !== REPOSITORY.full_name) throw new Error("NOT_FOUND");
  return {
    ref: ({ qualifiedName }: { qualifiedName: string }) =>
      scratch.has(qualifiedName) ? { target: object(scratch, qualifiedName) } : null,
    object: ({ oid, expression }: { oid?: string; expression?: string }) => object(scratch, oid ?? expression ?? ""),
  };
}

function object(scratch: ScratchRepository, name: string): unknown {
  if (!scratch.has(name)) return null;
  const oid = scratch.git("rev-parse", name);
  switch (scratch.git("cat-file", "-t", oid)) {
    case "commit":
      return commit(scratch, oid);
    case "tag":
      return { __typename: "Tag", oid, target: object(scratch, `${oid}^{}`) };
    case "tree":
      return { __typename: "Tree", oid, entries: entries(scratch, oid) };
    default:
      return { __typename: "Blob", oid, ...blob(scratch, oid) };
  }
}

function commit(scratch: ScratchRepository, oid: string): unknown {
  const parents = scratch
    .git("log", "-1", "--format=%P", oid)
    .split(" ")
    .filter((parent) => parent !== "");
  return {
    __typename: "Commit",
    oid,
    message: scratch.git("log", "-1", "--format=%B", oid),
    parents: { nodes: parents.map((parent) => ({ oid: parent })) },
  };
}

function entries(scratch: ScratchRepository, tree: string): unknown {
  const lines = scratch
    .git("ls-tree", "-z", tree)
    .split("\0")
    .filter((line) => line !== "");
  return lines.map((line) => {
    const [facts = "", name = ""] = line.split("\t");
    const [mode = "", type, oid = ""] = facts.split(" ");
    return { name, mode: Number.parseInt(mode, 8), type, oid, object: () => object(scratch, oid) };
  });
}

/** GitHub cuts long texts. */
const LONGEST = 500_000;

function blob(scratch: ScratchRepository, oid: string): { text: string; isTruncated: boolean } {
  const text = scratch.raw("cat-file", "blob", oid);
  return { text: text.slice(0, LONGEST), isTruncated: text.length > LONGEST };
}
