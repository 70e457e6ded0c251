#!/usr/bin/env bash
# Run GitHub's runner for one job, with the just-in-time configuration that the claim handed over.
#
# in:  $1: file of the claim's answer; $2: file to make once it has taken a job
# out: exit code of the runner
set -Eeuo pipefail
: "${1:?claim}" "${2:?mark}" "${DAYFLY_OPT:=/opt/dayfly}" "${DAYFLY_HOME:=/home/runner}" "${DAYFLY_LIB:=/usr/local/lib/dayfly}"

main() {
  # The runner takes its options from the environment too, and forgets them before a job starts: nothing on a command line.
  ACTIONS_RUNNER_INPUT_JITCONFIG=$(jq -er .registration.jitConfig "$1")
  export ACTIONS_RUNNER_INPUT_JITCONFIG
  export ACTIONS_RUNNER_HOOK_JOB_STARTED="$DAYFLY_LIB/job-started.sh" DAYFLY_JOB_STARTED=$2 HOME=$DAYFLY_HOME
  cd "$DAYFLY_OPT/actions-runner"
  runuser -u runner --preserve-environment -- ./run.sh
}

main "$@"
