#!/usr/bin/env bash
# Watch over a running runner: end it on a Spot notice, and when it gets no job.
#
# in:  $1: pid of the runner; $2: idle limit in seconds; $3: file that exists once it has a job; $4: file for the cause;
#      $DAYFLY_WATCH_PAUSE (seconds between looks)
# out: spot or idle in the file for the cause, written before the runner is ended
set -Eeuo pipefail
: "${1:?pid}" "${2:?seconds}" "${3:?mark}" "${4:?cause}" "${DAYFLY_WATCH_PAUSE:=5}" "${DAYFLY_LIB:=/usr/local/lib/dayfly}"

main() {
  local runner=$1 idle_until=$((SECONDS + $2)) started=$3 cause=$4
  while kill -0 "$runner" 2>/dev/null; do
    if "$DAYFLY_LIB/metadata.sh" spot/instance-action >/dev/null 2>&1; then
      echo "Spot notice: this machine is taken back within two minutes."
      end "$runner" spot "$cause"
      return
    fi
    if [ "$SECONDS" -ge "$idle_until" ] && [ ! -e "$started" ]; then
      echo "No job within $2 seconds."
      end "$runner" idle "$cause"
      return
    fi
    sleep "$DAYFLY_WATCH_PAUSE"
  done
}

end() {
  echo "$2" >"$3"
  kill -TERM -- "-$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null || true
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 1
  done
  echo "The runner does not end by itself; it is killed."
  kill -KILL -- "-$1" 2>/dev/null || kill -KILL "$1" 2>/dev/null || true
}

main "$@"
