#!/usr/bin/env bash
# Asks deployctl's own reader of words about many texts at once.
#
# in:  <word>; texts on stdin, each ended by a zero byte
# out: a character for each: y where it is taken, n where it is refused
set -Eeuo pipefail
export LC_ALL=C

# shellcheck source-path=SCRIPTDIR
source "$(dirname -- "${BASH_SOURCE[0]}")/../../target-host/rootfs/opt/dayfly/lib/input.sh"

# In place of the one that ends the run.
refuse() {
  TAKEN=n
}

main() {
  local text
  while IFS= read -r -d '' text; do
    TAKEN=y
    take "$1" "$text"
    printf %s "$TAKEN"
  done
}

main "$@"
