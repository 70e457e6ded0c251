# shellcheck shell=bash
# What this host knows of one app in one environment. state.json is the truth; each change replaces it whole.
#
#   fence       highest one accepted
#   condition   none, verified, broken or stopped: how the last deploy or rollback left it
#   releases    verified ones, newest first: [0] runs, [1] is what a rollback returns to
#   operation   the deploy at work: id, op, phase, changed (was anything touched yet?), release; null when there is none

readonly EMPTY='{"v":1,"fence":0,"condition":"none","releases":[],"operation":null}'
readonly RESULTS_KEPT=50
STATE=$EMPTY
FOLDER=''

# open_state: the folder, and what it holds. A reader makes no folder.
open_state() {
  FOLDER=$ROOT/var/lib/dayfly/${ASKED[app]}/${ASKED[env]}
  [[ $1 == read ]] || mkdir -p "$FOLDER/results" "$FOLDER/work" 2>/dev/null ||
    refuse 6 state-unwritable "$FOLDER cannot be made"
  load_state
}

load_state() {
  STATE=$EMPTY
  [[ -e $FOLDER/state.json ]] || return 0
  STATE=$(jq -ce 'select(.v == 1 and (.releases | type) == "array")' "$FOLDER/state.json" 2>/dev/null) ||
    refuse 6 state-unreadable "$FOLDER/state.json is damaged"
}

# state_of FILTER: one value as text; nothing where there is none.
state_of() {
  jq -r "$1 | select(. != null)" <<<"$STATE"
}

# change_state FILTER [jq options]: to memory and disk, or to neither.
change_state() {
  local next
  next=$(jq -c "$@" <<<"$STATE") || return 1
  write_whole "$FOLDER/state.json" "$next" || return 1
  STATE=$next
}

# write_whole FILE TEXT: a reader, or a power loss, finds the old file or the new one and nothing between.
write_whole() {
  printf '%s\n' "$2" >"$1.new" 2>/dev/null && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

# begin_operation: accepted, nothing touched yet.
begin_operation() {
  change_state '.fence = ([.fence, $fence] | max) | .operation = {id: $id, op: $op, phase: "accepted", changed: false, release: null, since: $now}' \
    --argjson fence "$FENCE" --arg id "${ASKED[id]}" --arg op "$VERB" --argjson now "$STARTED"
}

# known_result: the line with which this deploy id has ended, where it has.
known_result() {
  local file=$FOLDER/results/${ASKED[id]}.json
  if [[ -r $file ]]; then
    cat "$file"
  elif [[ $STATE == *"${ASKED[id]}"* ]]; then
    jq -ce --arg id "${ASKED[id]}" 'select(.operation.id == $id) | .operation.verdict // empty' <<<"$STATE"
  else
    return 1
  fi
}

# store_verdict LINE FILTER [jq options]: what the deploy changed and how it ended become true in one write; the rest may be repeated.
store_verdict() {
  local line=$1 filter=$2
  shift 2
  change_state "$filter"' | .operation.verdict = $line' --argjson line "$line" "$@" || return 1
  file_verdict || say 'the result is not filed yet; the next start does it'
}

# file_verdict: the verdict of the operation in STATE goes to its file and to the history, then the operation is over.
file_verdict() {
  local id line
  id=$(state_of .operation.id)
  line=$(jq -c '.operation.verdict' <<<"$STATE")
  write_whole "$FOLDER/results/$id.json" "$line" || return 1
  add_history "$line" || return 1
  forget_results
  change_state '.operation = null'
}

add_history() {
  local file=$FOLDER/history.jsonl lines
  [[ -e $file ]] || : >"$file" || return 1
  lines=$(jq -sc --argjson line "$1" --argjson kept "$RESULTS_KEPT" '
    map(select(.deploy_id != $line.deploy_id)) + [$line | del(.log, .script_sha256)] | .[-$kept:] | .[]' "$file") || return 1
  write_whole "$file" "$lines"
}

forget_results() {
  local old
  while IFS= read -r old; do rm -f -- "$FOLDER/results/$old"; done < <(ls -1t -- "$FOLDER/results" | tail -n +$((RESULTS_KEPT + 1)))
}
