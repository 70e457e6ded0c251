import * as z from "zod/mini";
import type { Source } from "../../core/forge.ts";
import { Sha } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, repoParams } from "./api.ts";

const Commit = z.object({
  oid: Sha,
  message: z.string(),
  parents: z.object({ nodes: z.array(z.object({ oid: Sha })) }),
});
/** A tag that tags a tag is peeled once more. */
const Peeled = z.object({ commit: z.optional(Commit) });
const Found = z.object({
  repository: z.object({
    object: z.nullish(z.union([Commit, z.object({ target: z.union([Commit, z.object({ target: Commit })]) }), Peeled])),
  }),
});

const fields = "... on Commit { oid message parents(first: 32) { nodes { oid } } }";
const query = `
query Commit($owner: String!, $name: String!, $sha: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $sha) { ${fields} ... on Tag { target { ${fields} ... on Tag { target { ${fields} } } } } }
  }
}`;

const Comparison = z.object({ status: z.enum(["ahead", "behind", "diverged", "identical"]) });
const Repository = z.object({ default_branch: z.string() });

const Tip = z.object({ repository: z.object({ ref: z.nullish(z.object({ target: z.object({ oid: Sha }) })) }) });
const tipQuery = `
query Tip($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { target { oid } } }
}`;

export function githubCommits(api: GithubApi): Pick<Source, "commit" | "isAncestor" | "defaultBranch" | "branchTip"> {
  return {
    async commit(repo, sha) {
      const { owner, repo: name } = repoParams(repo.name);
      const { repository } = await api.of(repo.name).query(query, { owner, name, sha }, Found);
      const commit = peel(repository.object);
      if (!commit) return undefined;
      const { oid, message, parents } = commit;
      return { sha: oid, message, parents: parents.nodes.map((parent) => parent.oid) };
    },

    async isAncestor(repo, ancestor, descendant) {
      const answer = await api.of(repo.name).send({
        method: "GET",
        path: "/repos/{owner}/{repo}/compare/{basehead}",
        params: { ...repoParams(repo.name), basehead: `${ancestor}...${descendant}` },
        query: { per_page: "1" },
        shape: Comparison,
        tolerates: [404],
      });
      return answer.kind === "ok" && (answer.value.status === "ahead" || answer.value.status === "identical");
    },

    async defaultBranch(repo) {
      const call = { method: "GET", path: "/repos/{owner}/{repo}", params: repoParams(repo.name) } as const;
      return (await api.of(repo.name).read({ ...call, shape: Repository })).default_branch;
    },

    async branchTip(repo, branch) {
      const { owner, repo: name } = repoParams(repo.name);
      const variables = { owner, name, ref: `refs/heads/${branch}` };
      const { repository } = await api.of(repo.name).query(tipQuery, variables, Tip);
      return repository.ref?.target.oid;
    },
  };
}

function peel(object: z.infer<typeof Found>["repository"]["object"]): z.infer<typeof Commit> | undefined {
  if (!object) return undefined;
  if ("oid" in object) return object;
  if (!("target" in object)) return undefined;
  return "oid" in object.target ? object.target : object.target.target;
}
