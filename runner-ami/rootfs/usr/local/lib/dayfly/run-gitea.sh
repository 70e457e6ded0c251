#!/usr/bin/env bash
# Run Gitea's runner for one job, with the registration that the claim handed over.
#
# in:  $1: file of the claim's answer; $2: file to make once it has taken a job
# out: exit code of act_runner
set -Eeuo pipefail
: "${1:?claim}" "${2:?mark}" "${DAYFLY_OPT:=/opt/dayfly}" "${DAYFLY_HOME:=/home/runner}"

main() {
  local started=$2
  (umask 077 && jq -er .registration.runnerFile "$1" >"$DAYFLY_HOME/.runner")
  chown runner "$DAYFLY_HOME/.runner"
  cd "$DAYFLY_HOME"
  # It tells on stdout when it has taken a job: "task 42 repo is acme/shop …".
  runuser -u runner -- env "HOME=$DAYFLY_HOME" "$DAYFLY_OPT/act_runner" daemon --once 2>&1 |
    while IFS= read -r line; do
      case "$line" in *"task "*" repo is "*) : >"$started" ;; esac
      printf '%s\n' "$line"
    done
}

main "$@"
