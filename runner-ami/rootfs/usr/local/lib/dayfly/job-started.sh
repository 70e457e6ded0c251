#!/usr/bin/env bash
# Called by GitHub's runner when it has taken a job.
#
# in:  $DAYFLY_JOB_STARTED: a file
# out: that file exists
set -Eeuo pipefail
: "${DAYFLY_JOB_STARTED:?}"

main() {
  : >"$DAYFLY_JOB_STARTED"
}

main "$@"
