#!/usr/bin/env bash
# Does the greeting reach the one it is for?
#
# in:  $1 (a name)
# out: exit code 0 when it does
set -Eeuo pipefail

main() {
  local said
  said=$(bash src/greet.sh "$1")
  echo "said: $said"
  [[ "$said" == *", $1!" ]]
}

main "$@"
