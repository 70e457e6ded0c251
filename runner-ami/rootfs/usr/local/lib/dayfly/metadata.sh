#!/usr/bin/env bash
# What the instance metadata service says about this machine (IMDSv2 only).
#
# in:  $1: a path below /latest/meta-data
# out: the value; exit 4 when there is none, 1 when the service cannot be reached
set -Eeuo pipefail
: "${DAYFLY_METADATA:=http://169.254.169.254}"

main() {
  local token answer status
  token=$(curl -sf --max-time 3 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$DAYFLY_METADATA/latest/api/token")
  # The token goes by stdin: an argument can be read by every process.
  answer=$(printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token" |
    curl -s --max-time 3 --retry 3 -K - -w '\n%{http_code}' "$DAYFLY_METADATA/latest/meta-data/$1")
  status=${answer##*$'\n'}
  case "$status" in
    200) printf '%s\n' "${answer%$'\n'*}" ;;
    404) return 4 ;;
    *) return 1 ;;
  esac
}

main "$@"
