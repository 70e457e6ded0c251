import type { ScratchRepository } from "../test/fakes/scratch-repository.ts";

/**
 * As much of a Gitea's API as the content of a repository needs, in front of a real git repository. It hands over 30 files at once,
 * as the server does unless it is set otherwise.
 */
export function giteaContent(scratch: ScratchRepository): typeof fetch {
  return async (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const value = answer(scratch, decodeURIComponent(url.pathname), url.searchParams);
    return value === undefined ? new Response("{}", { status: 404 }) : Response.json(value);
  };
}

const FILES_AT_ONCE = 30;

function answer(scratch: ScratchRepository, path: string, query: URLSearchParams): unknown {
  if (path === "/api/v1/version") return { version: "1.26.3" };
  const [, rest = ""] = /^\/api\/v1\/repos\/[^/]+\/[^/]+\/(.*)$/.exec(path) ?? [];
  const ref = query.get("ref") ?? "";
  if (rest.startsWith("contents-ext/")) return folder(scratch, ref, rest.slice("contents-ext/".length));
  if (rest === "file-contents") {
    const { files } = JSON.parse(query.get("body") ?? "{}") as { files: readonly string[] };
    return files.slice(0, FILES_AT_ONCE).map((file) => content(scratch, ref, file));
  }
  if (rest.startsWith("git/trees/")) return { tree: entries(scratch, rest.slice(10), query), truncated: false };
  if (rest.startsWith("git/commits/")) return commit(scratch, rest.slice(12));
  if (rest === "actions/workflows") return { workflows: [] };
  throw new Error(`nothing answers ${path}`);
}

function folder(scratch: ScratchRepository, ref: string, path: string): unknown {
  if (!scratch.has(`${ref}:${path}`)) return undefined;
  const found = entries(scratch, `${ref}:${path}`, new URLSearchParams());
  const listed = found.map(({ path: name, type, sha }) => ({
    path: `${path}/${name}`,
    type: type === "blob" ? "file" : "dir",
    sha,
  }));
  return { dir_contents: listed };
}

function content(scratch: ScratchRepository, ref: string, path: string): unknown {
  if (!scratch.has(`${ref}:${path}`)) return null;
  const text = scratch.raw("cat-file", "blob", `${ref}:${path}`);
  const sha = scratch.git("rev-parse", `${ref}:${path}`);
  return { path, sha, encoding: "base64", content: Buffer.from(text).toString("base64") };
}

function entries(scratch: ScratchRepository, tree: string, query: URLSearchParams) {
  const options = query.get("recursive") ? ["-r", "-t"] : [];
  const lines = scratch
    .raw("ls-tree", "-z", ...options, tree)
    .split("\0")
    .filter(Boolean);
  return lines.map((line) => {
    const [, mode = "", type = "", sha = "", path = ""] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return { mode, type, sha, path };
  });
}

function commit(scratch: ScratchRepository, id: string): unknown {
  const [sha = "", parents = "", ...message] = scratch.raw("log", "-1", "--format=%H%n%P%n%B", id).split("\n");
  const list = parents.split(" ").filter(Boolean);
  return { sha, commit: { message: message.join("\n") }, parents: list.map((parent) => ({ sha: parent })) };
}
