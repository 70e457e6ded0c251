#!/usr/bin/env bash
# One call of the runner API, signed by this machine's own role.
#
# in:  $1: path such as /runner/claim; stdin: the JSON body; $DAYFLY_API (https://host), $DAYFLY_REGION
# out: the answer's body on stdout, its status on the last line; 000 when nothing answered
set -Eeuo pipefail
: "${1:?path}" "${DAYFLY_API:?}" "${DAYFLY_REGION:?}" "${DAYFLY_LIB:=/usr/local/lib/dayfly}"

main() {
  local role keys body
  body=$(cat)
  role=$("$DAYFLY_LIB/metadata.sh" iam/security-credentials/ | head -n 1)
  keys=$("$DAYFLY_LIB/metadata.sh" "iam/security-credentials/$role")
  # Keys and body go by stdin: an argument can be read by every process.
  {
    setting url "$DAYFLY_API$1"
    setting aws-sigv4 "aws:amz:$DAYFLY_REGION:execute-api"
    setting user "$(field "$keys" AccessKeyId):$(field "$keys" SecretAccessKey)"
    setting header "X-Amz-Security-Token: $(field "$keys" Token)"
    setting header "Content-Type: application/json"
    setting data "$body"
  } | curl -s --max-time 20 -X POST -w '\n%{http_code}\n' -K - || true
}

# The service writes one field a line; jq may not be installed yet.
field() {
  sed -n "s/^ *\"$2\" *: *\"\\([^\"]*\\)\".*/\\1/p" <<<"$1"
}

# A line of curl's configuration; backslash and quote are its only signs inside a value.
setting() {
  local value=${2//\\/\\\\}
  value=${value//\"/\\\"}
  printf '%s = "%s"\n' "$1" "${value//$'\n'/\\n}"
}

main "$@"
