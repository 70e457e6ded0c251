import * as z from "zod/mini";
import { github } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { RepoRef } from "../../core/event.ts";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { isWorkflowPath, workflowDirectories } from "../../core/workflow/workflow-directories.ts";
import { boundedCache } from "../bounded-cache.ts";
import { type GithubApi, type GithubClient, repoParams } from "./api.ts";

const [DIRECTORY = ""] = workflowDirectories(github);
const KEPT_CHARACTERS = 32 * 1024 * 1024;

const Blob = z.object({ text: z.nullish(z.string()), isTruncated: z.optional(z.boolean()) });
const Entry = z.object({ name: z.string(), type: z.string(), mode: z.int(), oid: z.string(), object: z.nullish(Blob) });
type Entry = z.infer<typeof Entry>;

const Listed = z.object({
  repository: z.object({
    commit: z.nullish(z.object({ oid: z.string() })),
    directory: z.nullish(z.object({ entries: z.nullish(z.array(Entry)) })),
  }),
});

/** Regular files; a symbolic link is 0o120000. */
const REGULAR = 0o100000;

const listing = (blob: string): string => `
query WorkflowFiles($owner: String!, $name: String!, $sha: GitObjectID!, $directory: String!) {
  repository(owner: $owner, name: $name) {
    commit: object(oid: $sha) { oid }
    directory: object(expression: $directory) { ... on Tree { entries { name type mode oid ${blob} } } }
  }
}`;
const withTexts = listing("object { ... on Blob { text isTruncated } }");
const withoutTexts = listing("");

const Restored = z.object({ content: z.string(), encoding: z.literal("base64") });

/**
 * The workflow files of a commit: those right below .github/workflows.
 *
 * One query brings all of them. Once a repository's files are known, the query asks for their ids only and a second one brings what is new.
 */
export function githubWorkflowFiles(
  api: GithubApi,
): (repo: RepoRef, sha: string) => Promise<readonly WorkflowSource[]> {
  const texts = boundedCache<string>(KEPT_CHARACTERS, (text) => text.length + 1);
  const seen = boundedCache<true>(10_000, () => 1);

  async function list(client: GithubClient, repo: RepoRef, sha: string, query: string): Promise<readonly Entry[]> {
    const { owner, repo: name } = repoParams(repo.name);
    const variables = { owner, name, sha, directory: `${sha}:${DIRECTORY}` };
    const { repository } = await client.query(query, variables, Listed);
    if (!repository.commit) {
      throw new WorldError(`${repo.name} has no commit ${sha.slice(0, 12)} (any more)`, { retryable: false });
    }
    const entries = repository.directory?.entries ?? [];
    const files = entries.filter(
      ({ type, mode, name }) =>
        type === "blob" && isRegular(mode) && isWorkflowPath(`${DIRECTORY}/${name}`, DIRECTORY, "github"),
    );
    return [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  return async function workflowFiles(repo, sha) {
    const client = api.of(repo.name);
    const keyOf = (oid: string): string => `${repo.id}:${oid}`;
    let entries = await list(client, repo, sha, seen.get(repo.id) ? withoutTexts : withTexts);
    if (seen.get(repo.id) && entries.some(({ oid }) => texts.get(keyOf(oid)) === undefined)) {
      entries = await list(client, repo, sha, withTexts);
    }
    for (const { oid, object } of entries) {
      if (texts.get(keyOf(oid)) !== undefined || !object) continue;
      texts.set(keyOf(oid), await textOf(client, repo, oid, object));
    }
    seen.set(repo.id, true);
    return entries.map(({ name, oid }) => ({
      path: `${DIRECTORY}/${name}`,
      text: texts.get(keyOf(oid)) ?? "",
      blobId: oid,
    }));
  };
}

/** GraphQL cuts long texts and has none for what it takes to be binary; REST hands over everything. */
async function textOf(client: GithubClient, repo: RepoRef, oid: string, blob: z.infer<typeof Blob>): Promise<string> {
  if (typeof blob.text === "string" && blob.isTruncated !== true) return blob.text;
  const { content } = await client.read({
    method: "GET",
    path: "/repos/{owner}/{repo}/git/blobs/{file_sha}",
    params: { ...repoParams(repo.name), file_sha: oid },
    shape: Restored,
  });
  return Buffer.from(content, "base64").toString("utf8");
}

function isRegular(mode: number): boolean {
  return (mode & 0o170000) === REGULAR;
}
