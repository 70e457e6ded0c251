import { approve } from "./approve.ts";
import type { CommandSpec } from "./command.ts";
import { credentials } from "./credentials.ts";
import { dashboard } from "./dashboard.ts";
import { deploy } from "./deploy.ts";
import { deployList } from "./deploy-list.ts";
import { deployLogs } from "./deploy-logs.ts";
import { deployShow } from "./deploy-show.ts";
import { docs } from "./docs.ts";
import { doctor } from "./doctor.ts";
import { env, envCheck, envDiff, envList, envShow } from "./env.ts";
import { explain } from "./explain.ts";
import { hooksAdd } from "./hooks-add.ts";
import { init } from "./init.ts";
import { lint } from "./lint.ts";
import { replay } from "./replay.ts";
import { rollback } from "./rollback.ts";
import { runs } from "./runs.ts";
import { runsCancel } from "./runs-cancel.ts";
import { runsLogs } from "./runs-logs.ts";
import { runsRetry } from "./runs-retry.ts";
import { runsShow } from "./runs-show.ts";
import { setupGitea } from "./setup-gitea.ts";
import { setupGithub } from "./setup-github.ts";
import { start } from "./start.ts";
import { targetsAdd } from "./targets-add.ts";
import { token, tokenCreate, tokenList, tokenRevoke } from "./token.ts";

/** Every command, in the order in which help and reference name them. A parent stands before its subcommands. */
export const commands: readonly CommandSpec[] = [
  init,
  start,
  setupGitea,
  setupGithub,
  hooksAdd,
  explain,
  lint,
  replay,
  runs,
  runsShow,
  runsLogs,
  runsCancel,
  runsRetry,
  doctor,
  dashboard,
  credentials,
  deploy,
  deployList,
  deployShow,
  deployLogs,
  rollback,
  approve,
  env,
  envList,
  envShow,
  envDiff,
  envCheck,
  targetsAdd,
  token,
  tokenList,
  tokenCreate,
  tokenRevoke,
  docs,
];
