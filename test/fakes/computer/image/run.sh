#!/usr/bin/env bash
# GitHub's runner in small: one job with a just-in-time configuration, then it ends.
#
# in:  $ACTIONS_RUNNER_INPUT_JITCONFIG, $ACTIONS_RUNNER_HOOK_JOB_STARTED, $FAKE_FORGE (the forge's address)
# out: exit 0 once the forge knows the job's end
set -Eeuo pipefail
: "${ACTIONS_RUNNER_INPUT_JITCONFIG:?}" "${ACTIONS_RUNNER_HOOK_JOB_STARTED:?}" "${FAKE_FORGE:?}"

main() {
  local job
  for _ in $(seq 100); do
    job=$(call take | jq -r '.job // empty')
    if [ -n "$job" ]; then break; fi
    sleep 0.1
  done
  [ -n "$job" ]
  "$ACTIONS_RUNNER_HOOK_JOB_STARTED"
  call finish
}

call() {
  curl -sf --max-time 20 --data "{\"jit\":\"$ACTIONS_RUNNER_INPUT_JITCONFIG\"}" "$FAKE_FORGE/runner/$1"
}

main "$@"
