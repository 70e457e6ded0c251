#!/usr/bin/env bash
# One engine and two registries for the whole suite, on a disk of their own that can be filled; then bats.
#
# in:  the words for bats; called by scripts/test-docker.mjs as the first process of name spaces of its own
# out: exit code of bats; whatever still runs ends with this process, and the name space takes its mounts and networks along
set -Eeuo pipefail

ENGINE=$(mktemp -d)
export ENGINE
# shellcheck source-path=SCRIPTDIR
source "$(dirname -- "${BASH_SOURCE[0]}")/engine.bash"

main() {
  local code=0
  ip link set lo up
  mount -t tmpfs -o size=900m tmpfs "$ENGINE"
  start_registry 5000
  start_registry 5001 auth
  start_engine
  bats "$@" || code=$?
  cut_power
  umount --lazy "$ENGINE"
  rmdir "$ENGINE"
  return "$code"
}

main "$@"
