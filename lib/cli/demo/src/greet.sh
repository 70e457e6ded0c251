#!/usr/bin/env bash
# Greet somebody.
#
# in:  $1 (a name; "World" without it), greeting.txt beside this script (the first word)
# out: one line
set -Eeuo pipefail

main() {
  local greeting
  greeting=$(head -n 1 "$(dirname "$0")/greeting.txt")
  echo "$greeting, ${1:-World}!"
}

main "$@"
