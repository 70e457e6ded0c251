#!/usr/bin/env bash
# Ask what this machine is for, until somebody answers.
#
# in:  $1: boot id; $2: file for the answer; $DAYFLY_BOOT_MINUTES; $DAYFLY_CLAIM_PAUSE (seconds between tries)
# out: the answer in the file (0600, it holds secrets); exit 0 won, 3 refused, 1 nobody answered in time
set -Eeuo pipefail
: "${1:?boot id}" "${2:?file}" "${DAYFLY_BOOT_MINUTES:?}" "${DAYFLY_CLAIM_PAUSE:=5}" "${DAYFLY_LIB:=/usr/local/lib/dayfly}"

main() {
  local until=$((SECONDS + DAYFLY_BOOT_MINUTES * 60)) forbidden=0 answer status
  while [ "$SECONDS" -lt "$until" ]; do
    answer=$(printf '{"bootId":"%s"}' "$1" | "$DAYFLY_LIB/call.sh" /runner/claim) || answer=000
    status=${answer##*$'\n'}
    case "$status" in
      200)
        (umask 077 && printf '%s\n' "${answer%$'\n'*}" >"$2")
        echo "Claimed a run."
        return 0
        ;;
      409)
        echo "The claim was refused: $(plain "${answer%$'\n'*}")"
        return 3
        ;;
      # A clock that is not set yet makes a wrong signature, so one refusal is not believed.
      403)
        forbidden=$((forbidden + 1))
        if [ "$forbidden" -ge 5 ]; then
          echo "The claim is forbidden: $(plain "${answer%$'\n'*}")"
          return 3
        fi
        ;;
    esac
    echo "No claim yet (status $status); trying again in $DAYFLY_CLAIM_PAUSE s."
    sleep "$DAYFLY_CLAIM_PAUSE"
  done
  echo "Nobody answered the claim within $DAYFLY_BOOT_MINUTES minutes."
  return 1
}

# Foreign text for the log: one line, no control characters, bounded.
plain() {
  tr -d '\000-\037\177' <<<"$1" | cut -c 1-300
}

main "$@"
