# shellcheck shell=bash
# Looking without touching: no lock, no folder, no change.

readonly LOGS_LINE_LIMIT=20000 LOGS_TAIL=8000

# inspect_status: what is recorded, what is seen now, and how the asked deploy ended.
inspect_status() {
  local seen=null running locked=false
  open_inspection
  ! is_locked || locked=true
  if can_look; then
    running=$("${APP[KIND]}_running" 2>/dev/null) || running=null
    seen=$(jq -nc --arg condition "$(seen_condition "$running")" --argjson running "$running" '{condition: $condition, running: $running}')
    because status 'what is recorded and what is seen' || true
  else
    because docker-down 'what is recorded; the Docker daemon does not answer, so nothing is seen' || true
  fi
  send "$(result_line status 0 "$REASON" "$TEXT" "$STATE" "$(jq -nc --argjson seen "$seen" --argjson state "$STATE" \
    --argjson deploy "$(asked_deploy)" --argjson locked "$locked" '
    {seen: $seen, deploy: $deploy, operation: ($state.operation | if . then {id, phase, interrupted: ($locked | not)} else null end)}')")"
}

open_inspection() {
  read_app
  open_state read
  LIMIT=$((STARTED + 60))
  TRYING=${KNOWN[running]}
}

can_look() {
  [[ ${APP[KIND]} != compose ]] || bounded 10 docker version >/dev/null 2>&1
}

# asked_deploy: outcome of the deploy that was asked about; null where this host knows nothing of it.
asked_deploy() {
  local line
  if [[ ${ASKED[id]} == - ]] || ! line=$(known_result); then
    printf null
    return
  fi
  jq -c '{id: .deploy_id, op, outcome, exit, reason, text, fence, condition, requested, phases}' <<<"$line"
}

# seen_condition RUNNING: by looking, not by remembering.
seen_condition() {
  local recorded=${KNOWN[running]} live wanted
  wanted=$(field commit "$recorded")
  live=$("${APP[KIND]}_live_commit" 2>/dev/null) || live=''
  if [[ $recorded == '{}' ]]; then
    if [[ $1 == null && -z $live ]]; then printf %s "${KNOWN[condition]}"; else printf drifted; fi
  elif [[ $1 == null && -z $live ]]; then
    printf stopped
  elif [[ ${live:-$wanted} != "$wanted" ]] || ! same_digest "$1" "$recorded"; then
    printf drifted
  elif [[ -n $live ]] && "${APP[KIND]}_probe"; then
    printf verified
  else
    printf broken
  fi
}

same_digest() {
  jq -ne --argjson running "$1" --argjson recorded "$2" '($running.digest // $recorded.digest) == $recorded.digest' >/dev/null
}

# inspect_diagnostics: every check by name; one bad one makes the whole degraded, whatever HTTP says.
inspect_diagnostics() {
  local checks bad
  open_inspection
  read_secrets
  checks=$(all_checks | jq -sc .)
  bad=$(jq '[.[] | select(.ok | not)] | length' <<<"$checks")
  if ((bad == 0)); then
    because healthy 'every check is good' || true
  else
    because degraded "$bad of $(jq length <<<"$checks") checks are bad" || true
  fi
  LINE_LIMIT=$LOGS_LINE_LIMIT
  send "$(result_line "$REASON" "$((bad > 0))" "$REASON" "$TEXT" "$STATE" "$(jq -nc --argjson checks "$checks" '{checks: $checks}')")"
  exit "$((bad > 0))"
}

all_checks() {
  local file
  check disk "at least ${APP[DISK_MIN_MB]} MB free" enough_disk "$FOLDER"
  check docker 'the Docker daemon answers, where the app needs it' can_look
  check operation 'no interrupted deploy' no_interrupted
  check released 'a release is recorded' test "${KNOWN[running]}" != '{}'
  check health 'it answers well' "${APP[KIND]}_probe"
  check commit 'the live commit is the recorded one' live_is_recorded
  [[ ${APP[KIND]} != compose ]] || check image 'the containers run the recorded image' uses_image "$TRYING"
  [[ -n ${APP[CHECKS]} ]] || return 0
  for file in "${APP[CHECKS]}"/*; do
    [[ ! -f $file || ! -x $file ]] || check "${file##*/}" "" call 20 "$TRYING" "$file"
  done
}

# check NAME TEXT COMMAND...: one JSON object. Without TEXT the command's own first line is it.
check() {
  local name=$1 text=$2 said line ok=true
  shift 2
  said=$("$@" 2>&1) || ok=false
  if [[ -z $text ]]; then
    line=${said%%$'\n'*}
    mask
    text=${line:0:200}
  fi
  jq -nc --arg name "$name" --arg text "$text" --argjson ok "$ok" '{name: $name, ok: $ok, text: $text}'
}

no_interrupted() {
  [[ -z ${KNOWN[id]} ]] || is_locked
}

live_is_recorded() {
  [[ $("${APP[KIND]}_live_commit") == "$(field commit "${KNOWN[running]}")" ]]
}

# inspect_logs: the end of the asked deploy's log, or of the newest.
inspect_logs() {
  local folder id
  read_app
  open_state read
  folder=$ROOT/var/log/dayfly/${ASKED[app]}/${ASKED[env]}
  id=${ASKED[id]}
  [[ $id != - ]] || id=$(basename -s .log -- "$(ls -1t -- "$folder" 2>/dev/null | head -n 1)")
  [[ -n $id && -r $folder/$id.log ]] || refuse 8 no-log 'there is no log of that deploy'
  LINE_LIMIT=$LOGS_LINE_LIMIT
  because logs "$id" || true
  send "$(result_line status 0 "$REASON" "$TEXT" "$STATE" "$(jq -nc --arg path "$folder/$id.log" \
    --arg tail "$(tail -c "$LOGS_TAIL" -- "$folder/$id.log")" '{log: {path: $path, tail: $tail}}')")"
}
