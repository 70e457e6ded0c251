#!/usr/bin/env bash
# Keep jobs away from the metadata service. Hygiene, not the control: the machine's role is worth nothing.
#
# in:  nothing
# out: rules for every user but root, and for containers
set -Eeuo pipefail

main() {
  if ! command -v iptables >/dev/null; then
    echo "Skipped blocking the metadata service: no iptables."
    return
  fi
  block iptables 169.254.169.254
  if command -v ip6tables >/dev/null; then
    block ip6tables fd00:ec2::254
  else
    echo "Skipped blocking the metadata service on IPv6: no ip6tables."
  fi
}

block() {
  rule "$1" OUTPUT -d "$2" -m owner ! --uid-owner 0 -j REJECT
  if "$1" -w -nL DOCKER-USER >/dev/null 2>&1; then
    rule "$1" DOCKER-USER -d "$2" -j REJECT
  else
    echo "Skipped blocking it for containers with $1: no chain DOCKER-USER."
  fi
}

rule() {
  local tool=$1 chain=$2
  shift 2
  "$tool" -w -C "$chain" "$@" 2>/dev/null || "$tool" -w -I "$chain" "$@"
}

main "$@"
