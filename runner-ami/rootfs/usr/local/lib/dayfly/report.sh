#!/usr/bin/env bash
# Tell the control plane how this machine ends.
#
# in:  stdin: boot id, cause and exit code in one line; $DAYFLY_REPORT_PAUSE (seconds between tries)
# out: always exit 0: a report is a hint, the sweep finds the machine gone without it
set -Eeuo pipefail
: "${DAYFLY_LIB:=/usr/local/lib/dayfly}" "${DAYFLY_REPORT_PAUSE:=3}"

main() {
  local boot_id cause code body answer try
  read -r boot_id cause code
  printf -v body '{"bootId":"%s","cause":"%s","code":%d}' "$boot_id" "$cause" "$code"
  for try in 1 2 3; do
    answer=$("$DAYFLY_LIB/call.sh" /runner/exit <<<"$body") || answer=000
    case "${answer##*$'\n'}" in
      204)
        echo "Reported: $cause, code $code."
        return
        ;;
      4*)
        echo "The report was refused with ${answer##*$'\n'}."
        return
        ;;
    esac
    echo "The report did not arrive (try $try)."
    sleep "$DAYFLY_REPORT_PAUSE"
  done
  echo "The report never arrived; the sweep will find the machine gone."
}

main "$@"
