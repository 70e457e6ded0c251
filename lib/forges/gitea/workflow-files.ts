import * as z from "zod/mini";
import { giteaFrom } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { RepoRef } from "../../core/event.ts";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { isWorkflowPath, workflowDirectories } from "../../core/workflow/workflow-directories.ts";
import { type BoundedCache, boundedCache } from "../bounded-cache.ts";
import { type GiteaApi, repoParams } from "./api.ts";
import type { GiteaTrees } from "./trees.ts";

/** Gitea reads no further into a workflow file. */
const MAX_FILE_BYTES = 1024 * 1024;
/** What file-contents hands over at once unless the server is set otherwise; it may hand over fewer. */
const BATCH = 30;
const KEPT_CHARACTERS = 32 * 1024 * 1024;

const Entry = z.object({ path: z.string(), type: z.string(), sha: z.string() });
type Entry = z.infer<typeof Entry>;

const Content = z.object({
  path: z.string(),
  sha: z.string(),
  encoding: z.nullish(z.string()),
  content: z.nullish(z.string()),
});
type Content = z.infer<typeof Content>;

export type WorkflowFiles = (repo: RepoRef, sha: string) => Promise<readonly WorkflowSource[]>;

/**
 * The workflow files of a commit: one call lists the directory (a second one where `.gitea/workflows` is missing), one reads all
 * files that are not known yet by their blob ids. A folder below is one call more.
 *
 * Before 1.25 the listing is slower at the server; before 1.24 each file is a call of its own.
 */
export function giteaWorkflowFiles(api: GiteaApi, trees: GiteaTrees, set?: readonly string[]): WorkflowFiles {
  const texts: BoundedCache<string> = boundedCache(KEPT_CHARACTERS, (text) => text.length + 1);

  return async function workflowFiles(repo, sha) {
    const directories = workflowDirectories(await api.dialect(), set);
    const entries = await listWorkflows(api, trees, directories, repo, sha);
    const keyOf = (blobId: string): string => `${repo.id}:${blobId}`;
    const found = new Map<string, string>();
    const missing: Entry[] = [];
    for (const entry of entries) {
      const text = texts.get(keyOf(entry.sha));
      if (text === undefined) missing.push(entry);
      else found.set(entry.sha, text);
    }
    for (const [blobId, text] of await readBlobs(api, repo, sha, missing)) {
      texts.set(keyOf(blobId), text);
      found.set(blobId, text);
    }
    return entries.map(({ path, sha: blobId }) => ({ path, text: found.get(blobId) ?? "", blobId }));
  };
}

async function listWorkflows(
  api: GiteaApi,
  trees: GiteaTrees,
  directories: readonly string[],
  repo: RepoRef,
  sha: string,
): Promise<readonly Entry[]> {
  for (const directory of directories) {
    const entries = await listDirectory(api, repo, sha, directory);
    if (entries === undefined) continue;
    const below = await Promise.all(
      entries.filter(({ type }) => type === "dir").map((folder) => listFolder(trees, repo, folder)),
    );
    const files = [...entries.filter(({ type }) => type === "file"), ...below.flat()];
    return files
      .filter(({ path }) => isWorkflowPath(path, directory, "gitea"))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  // A missing directory, commit and repository all look alike up to here.
  if (await trees.of(repo).entries(sha)) return [];
  throw new WorldError(`${repo.name} has no commit ${sha.slice(0, 12)} (any more)`, { retryable: false });
}

async function listDirectory(
  api: GiteaApi,
  repo: RepoRef,
  ref: string,
  directory: string,
): Promise<readonly Entry[] | undefined> {
  const call = { method: "GET", params: { ...repoParams(repo.name), path: directory }, query: { ref } } as const;
  const tolerates = [404];
  if (giteaFrom(await api.dialect(), 1, 25)) {
    const shape = z.object({ dir_contents: z.nullish(z.array(Entry)) });
    const answer = await api.send({ ...call, path: "/repos/{owner}/{repo}/contents-ext/{path}", shape, tolerates });
    return answer.kind === "ok" ? (answer.value.dir_contents ?? []) : undefined;
  }
  const shape = z.union([z.array(Entry), Entry]);
  const answer = await api.send({ ...call, path: "/repos/{owner}/{repo}/contents/{path}", shape, tolerates });
  if (answer.kind !== "ok") return undefined;
  return Array.isArray(answer.value) ? answer.value : [];
}

async function listFolder(trees: GiteaTrees, repo: RepoRef, folder: Entry): Promise<readonly Entry[]> {
  const files = await trees.of(repo).files(folder.sha);
  if (files === undefined || files === "too-many") return [];
  return files
    .filter(({ mode }) => mode.startsWith("100"))
    .map(({ path, sha }) => ({ path: `${folder.path}/${path}`, type: "file", sha }));
}

/** Each blob once, whatever the number of paths that hold it. */
async function readBlobs(
  api: GiteaApi,
  repo: RepoRef,
  ref: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let open = [...new Map(entries.map((entry) => [entry.sha, entry])).values()];
  while (open.length > 0) {
    const contents = await readBatch(api, repo, ref, open.slice(0, BATCH));
    for (const [index, content] of contents.entries()) {
      const entry = open[index];
      if (entry) texts.set(entry.sha, textOf(content));
    }
    open = open.slice(contents.length);
  }
  return texts;
}

/** At least one content, in the order asked; null for a file that is not there. */
async function readBatch(
  api: GiteaApi,
  repo: RepoRef,
  ref: string,
  entries: readonly Entry[],
): Promise<readonly (Content | null)[]> {
  const params = repoParams(repo.name);
  if (giteaFrom(await api.dialect(), 1, 24)) {
    const body = JSON.stringify({ files: entries.map(({ path }) => path) });
    const path = "/repos/{owner}/{repo}/file-contents";
    const shape = z.array(z.nullable(Content)).check(z.minLength(1), z.maxLength(entries.length));
    return api.read({ method: "GET", path, params, query: { ref, body }, shape });
  }
  const path = "/repos/{owner}/{repo}/contents/{path}";
  return Promise.all(
    entries
      .slice(0, 4)
      .map((entry) =>
        api.read({ method: "GET", path, params: { ...params, path: entry.path }, query: { ref }, shape: Content }),
      ),
  );
}

function textOf(content: Content | null): string {
  if (!content?.content || content.encoding !== "base64") return "";
  return Buffer.from(content.content, "base64").subarray(0, MAX_FILE_BYTES).toString("utf8");
}
