import type { ServerForge } from "../../core/forge.ts";
import { listings, remembered } from "../remembered.ts";
import { type GiteaOptions, giteaApi } from "./api.ts";
import { giteaAssignments } from "./assignments.ts";
import { lacks } from "./capabilities.ts";
import { giteaChangedFiles } from "./changed-files.ts";
import { giteaCommits } from "./commits.ts";
import { giteaDemand } from "./demand.ts";
import { giteaEnrolment } from "./enrolment.ts";
import { giteaFeedback } from "./feedback.ts";
import { giteaHooks } from "./hooks.ts";
import { giteaRepositories } from "./repositories.ts";
import { giteaSwitches } from "./switches.ts";
import { giteaTrees } from "./trees.ts";
import { giteaWorkflowFiles } from "./workflow-files.ts";

/** A Gitea, 1.22 or newer, behind the ports; what its version lacks is told by `server.probe`. */
export function giteaForge(options: GiteaOptions): ServerForge {
  const api = giteaApi(options);
  const trees = giteaTrees(api);
  const commits = giteaCommits(api, trees);
  const commit = remembered(commits.commit);
  return {
    dialect: api.dialect,
    serves: "any-job",
    source: {
      ...commits,
      commit,
      workflowFiles: remembered(giteaWorkflowFiles(api, trees, options.workflowDirectories), listings),
      changedFiles: giteaChangedFiles(api, trees, commit),
    },
    demand: giteaDemand(api, giteaRepositories(api, options), options),
    enrolment: giteaEnrolment(api, options),
    assignments: giteaAssignments(api),
    feedback: giteaFeedback(api),
    hooks: giteaHooks(api),
    switches: giteaSwitches(api),
    server: {
      probe: async () => ({ version: await api.version(), lacks: lacks(await api.dialect()) }),
    },
  };
}
