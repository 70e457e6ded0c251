#!/usr/bin/env bash
# GitHub's runner in small: one job with a just-in-time configuration, then it ends.
#
# in:  $ACTIONS_RUNNER_INPUT_JITCONFIG, $ACTIONS_RUNNER_HOOK_JOB_STARTED, $FAKE_FORGE (the forge's address)
# out: exit 0 once the forge knows the job's end
set -Eeuo pipefail
: "${ACTIONS_RUNNER_INPUT_JITCONFIG:?}" "${ACTIONS_RUNNER_HOOK_JOB_STARTED:?}" "${FAKE_FORGE:?}"

main() {
  local answer job=""
  for _ in $(seq 600); do
    answer=$(call take)
    job=$(jq -r '.job // empty' <<<"$answer")
    if [ -n "$job" ]; then break; fi
    sleep 0.1
  done
  [ -n "$job" ]
  "$ACTIONS_RUNNER_HOOK_JOB_STARTED"
  if [ "$(jq -r .lastWord <<<"$answer")" = true ]; then
    trap 'call finish cancelled; exit 1' TERM
  fi
  # A dead runner's job holds nothing open: its words go to a file.
  bash -ec "$(jq -r .steps <<<"$answer")" >steps.log 2>&1 &
  if wait "$!"; then call finish success; else call finish failure; fi
}

call() {
  local conclusion=${2:-}
  curl -sf --max-time 20 --data "{\"jit\":\"$ACTIONS_RUNNER_INPUT_JITCONFIG\",\"conclusion\":\"$conclusion\"}" "$FAKE_FORGE/runner/$1"
}

main "$@"
