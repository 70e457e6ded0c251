# shellcheck shell=bash
# The one line on stdout, and the only ways to end.

LINE_LIMIT=2000 # an SSM listing shows 2,500 characters
TAIL_LIMIT=600
SENT=no
REASON=''
TEXT=''
declare -A HEALTH_SEEN=([status]='' [tries]=0 [ms]=0)
VERSION_OK=null
REQUESTED=null
PHASES='{}'
LOG=''

# because REASON TEXT: notes why something failed, and fails.
because() {
  REASON=$1
  TEXT=$2
  return 1
}

# refuse CODE REASON TEXT [STATE]: ends before anything of ours was touched. With STATE the line tells what is recorded.
refuse() {
  local line
  if line=$(result_line refused "$1" "$2" "$3" "${4:-"{}"}"); then
    send "$line"
  else # without jq: our own texts hold nothing that JSON would need escaped
    send "{\"v\":1,\"op\":\"-\",\"outcome\":\"refused\",\"exit\":6,\"reason\":\"jq-missing\",\"text\":\"jq is needed on this host\",\"at\":$(now),\"fence\":0,\"condition\":\"none\",\"phases\":{},\"log\":{\"path\":\"\",\"tail\":\"\"}}"
    exit 6
  fi
  exit "$1"
}

# send LINE: whoever has the line finds the log whole, and no file of ours changes after it.
send() {
  flush_log
  printf '%s\n' "$1" >&3
  SENT=yes
}

# result_line OUTCOME CODE REASON TEXT STATE [EXTRA [FILTER]]: EXTRA is an object with more fields, FILTER what the end makes of STATE.
result_line() {
  local tail=''
  [[ -z $LOG ]] || tail=$(log_tail "$TAIL_LIMIT")
  jq -nc --arg id "${ASKED[id]}" --arg op "$VERB" --arg app "${ASKED[app]}" --arg env "${ASKED[env]}" \
    --arg command "$(ssm_command)" --arg outcome "$1" --argjson exit "$2" --arg reason "$3" --arg text "$4" \
    --argjson before "$5" --argjson extra "${6:-"{}"}" --argjson new "$NEW" --argjson requested "$REQUESTED" --argjson phases "$PHASES" \
    --arg status "${HEALTH_SEEN[status]}" --argjson tries "${HEALTH_SEEN[tries]}" --argjson ms "${HEALTH_SEEN[ms]}" \
    --argjson version "$VERSION_OK" --arg log "$LOG" --arg tail "$tail" --arg sum "$(script_sum)" \
    --argjson limit "$LINE_LIMIT" --argjson at "$(now)" '
    def fit: if (tojson | utf8bytelength) > $limit and (.log.tail | length) > 0 then .log.tail |= .[(length / 2 | ceil):] | fit else . end;
    def dash: if . == "-" then null else . end;
    ($before | '"${7:-.}"') as $state |
    {v: 1, deploy_id: ($id | dash), ssm_command_id: ($command | dash), op: $op, app: ($app | dash), env: ($env | dash),
     outcome: $outcome, exit: $exit, reason: $reason, text: $text[0:300], at: $at, fence: ($state.fence // 0),
     condition: ($state.condition // "none"), requested: $requested,
     running: ($state.releases // [] | .[0]), previous: ($state.releases // [] | .[1]),
     health: {status: $status, tries: $tries, ms: $ms}, version_ok: $version, phases: $phases,
     log: {path: $log, tail: $tail}, script_sha256: $sum} + $extra | fit'
}

ssm_command() {
  if [[ ${SSM_COMMAND_ID:-} =~ ^[0-9a-f-]{36}$ ]]; then printf %s "$SSM_COMMAND_ID"; else printf -- -; fi
}

# Which version of these scripts spoke.
script_sum() {
  cat "$SELF" "$LIB"/*.sh | sha256sum | { read -r sum _ && printf %s "$sum"; }
}

# An end that nobody planned: after a change it is undone like any other failure, and one line is printed all the same.
on_exit() {
  local code=$?
  forget_bundle
  [[ $SENT == yes ]] && return
  trap - EXIT
  set +e
  if [[ ${KNOWN[changed]} == true ]]; then
    REASON=internal TEXT="deployctl itself failed with $code"
    undo
  fi
  refuse 6 internal "deployctl itself failed with $code; nothing was changed"
}
