import * as z from "zod/mini";
import { github, parseVersion } from "../../core/dialect.ts";
import type { Forge, Server, ServerForge } from "../../core/forge.ts";
import { listings, remembered } from "../remembered.ts";
import { type GithubApi, githubApi, githubClient } from "./api.ts";
import { githubAssignments } from "./assignments.ts";
import { githubChangedFiles } from "./changed-files.ts";
import { githubCommits } from "./commits.ts";
import { githubDemand } from "./demand.ts";
import { githubEnrolment } from "./enrolment.ts";
import { githubFeedback } from "./feedback.ts";
import { githubHooks } from "./hooks.ts";
import type { GithubOptions } from "./options.ts";
import { githubRepositories } from "./repositories.ts";
import { githubSwitches } from "./switches.ts";
import { githubTrees } from "./trees.ts";
import { githubWorkflowFiles } from "./workflow-files.ts";

/** GitHub, or an Enterprise Server, behind the ports. */
export function githubForge(options: GithubOptions): ServerForge {
  const api = githubApi(options);
  const trees = githubTrees(api);
  const commits = githubCommits(api);
  const commit = remembered(commits.commit);
  return {
    dialect: async () => github,
    serves: "any-job",
    source: {
      ...commits,
      commit,
      workflowFiles: remembered(githubWorkflowFiles(api), listings),
      changedFiles: githubChangedFiles(api, trees, commit),
    },
    demand: githubDemand(api, githubRepositories(api, options), options),
    enrolment: githubEnrolment(api),
    assignments: githubAssignments(api, commits.isAncestor),
    feedback: githubFeedback(api),
    hooks: githubHooks(api, options),
    switches: githubSwitches(api),
    server: { probe: probe(api, options) },
    ...repositoryToken(api),
  };
}

/** A personal token cannot be narrowed, so only an App has this. */
function repositoryToken({ readToken }: ReturnType<typeof githubApi>): Pick<Forge, "repositoryToken"> {
  return readToken ? { repositoryToken: ({ name }) => readToken(name) } : {};
}

const Meta = z.object({ installed_version: z.optional(z.string()) });

/** Configurations for one runner came with Enterprise Server 3.10. */
const JUST_IN_TIME = [3, 10] as const;

function probe(api: GithubApi, options: GithubOptions): Server["probe"] {
  // The call needs no rights, and an App has none outside its installations.
  const client = api.app ?? api.user ?? githubClient(options, { header: async () => undefined });
  return async () => {
    const { installed_version } = await client.read({ method: "GET", path: "/meta", shape: Meta });
    if (installed_version === undefined) return { version: "github.com", lacks: [] };
    const [major = 0, minor = 0] = parseVersion(installed_version) ?? [];
    const old = major < JUST_IN_TIME[0] || (major === JUST_IN_TIME[0] && minor < JUST_IN_TIME[1]);
    const text = "before 3.10 Enterprise Server cannot configure a runner for one job: nothing can be served";
    return { version: installed_version, lacks: old ? [{ code: "no-jit-config", text }] : [] };
  };
}
