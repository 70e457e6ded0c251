import type { CommandSpec } from "./command.ts";
import { credentials } from "./credentials.ts";
import { approve } from "./deploy/approve.ts";
import { deploy } from "./deploy/deploy.ts";
import { deployList } from "./deploy/deploy-list.ts";
import { deployLogs } from "./deploy/deploy-logs.ts";
import { deployShow } from "./deploy/deploy-show.ts";
import { env, envCheck, envDiff, envList, envShow } from "./deploy/env.ts";
import { rollback } from "./deploy/rollback.ts";
import { targetsAdd } from "./deploy/targets-add.ts";
import { targetsFile } from "./deploy/targets-file.ts";
import { token, tokenCreate, tokenList, tokenRevoke } from "./deploy/token.ts";
import { docs } from "./docs.ts";
import { explain } from "./explain/explain.ts";
import { lint } from "./explain/lint.ts";
import { replay } from "./explain/replay.ts";
import { hooksAdd } from "./forge/hooks-add.ts";
import { setupGitea } from "./forge/setup-gitea.ts";
import { setupGithub } from "./forge/setup-github.ts";
import { runs } from "./runs/runs.ts";
import { runsCancel } from "./runs/runs-cancel.ts";
import { runsLogs } from "./runs/runs-logs.ts";
import { runsRetry } from "./runs/runs-retry.ts";
import { runsShow } from "./runs/runs-show.ts";
import { dashboard } from "./stack/dashboard.ts";
import { doctor } from "./stack/doctor.ts";
import { init } from "./start/init.ts";
import { start } from "./start/start.ts";

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
  targetsFile,
  token,
  tokenList,
  tokenCreate,
  tokenRevoke,
  docs,
];
