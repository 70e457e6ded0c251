# shellcheck shell=bash
# What this host knows of one app in one environment. state.json is the truth; each change replaces it whole.
#
#   fence       highest one accepted
#   condition   none, verified, broken or stopped: how the last deploy or rollback left it
#   releases    verified ones, newest first: [0] runs, [1] is what a rollback returns to
#   operation   the deploy at work: id, op, phase, changed (was anything touched yet?), release; null when there is none

readonly EMPTY='{"v":1,"fence":0,"condition":"none","releases":[],"operation":null}'
readonly RESULTS_KEPT=50
# What is asked of a state again and again, one a line, in one go.
readonly FIELDS='tojson, .fence, .condition, (.releases[0] // {} | tojson),
  (.operation // {} | .id // "", .op // "", .phase // "", .changed // false, .verdict != null, (.release // null | tojson))'
STATE=$EMPTY
declare -A KNOWN=([fence]=0 [condition]=none [running]='{}' [id]='' [op]='' [phase]='' [changed]=false [judged]=false [release]=null)
READ='' # what STATE was read from
LOOKED=''
FOLDER=''

# open_state: the folder, and what it holds. A reader makes no folder.
open_state() {
  FOLDER=$ROOT/var/lib/dayfly/${ASKED[app]}/${ASKED[env]}
  [[ $1 == read ]] || mkdir -p "$FOLDER/results" "$FOLDER/work" 2>/dev/null ||
    refuse 6 state-unwritable "$FOLDER cannot be made"
  load_state
}

load_state() {
  local text=''
  [[ -e $FOLDER/state.json ]] || return 0
  { text=$(cat "$FOLDER/state.json") && [[ -n $text ]]; } 2>/dev/null || refuse 6 state-unreadable "$FOLDER/state.json cannot be read"
  [[ $text != "$READ" ]] || return 0
  look_at "$text" 'select(.v == 1 and (.releases | type) == "array")' 2>/dev/null ||
    refuse 6 state-unreadable "$FOLDER/state.json is damaged"
  take_look
  READ=$text
}

# look_at TEXT FILTER [jq options]: LOOKED becomes the FIELDS of the state that FILTER makes of it.
look_at() {
  local text=$1 filter=$2
  shift 2
  LOOKED=$(jq -r "$@" "$filter | $FIELDS" <<<"$text") && [[ -n $LOOKED ]]
}

take_look() {
  local looked
  mapfile -t looked <<<"$LOOKED"
  STATE=${looked[0]}
  KNOWN=([fence]=${looked[1]} [condition]=${looked[2]} [running]=${looked[3]} [id]=${looked[4]} [op]=${looked[5]}
    [phase]=${looked[6]} [changed]=${looked[7]} [judged]=${looked[8]} [release]=${looked[9]})
}

# change_state FILTER [jq options]: to memory and disk, or to neither.
change_state() {
  look_at "$STATE" "$@" && write_whole "$FOLDER/state.json" "${LOOKED%%$'\n'*}" && take_look
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
  elif [[ ${KNOWN[id]} == "${ASKED[id]}" && ${KNOWN[judged]} == true ]]; then
    jq -c .operation.verdict <<<"$STATE"
  else
    return 1
  fi
}

# store_verdict LINE FILTER [jq options]: what the deploy changed and how it ended become true in one write; the rest may be repeated.
store_verdict() {
  local line=$1 filter=$2
  shift 2
  change_state "$filter"' | .operation.verdict = $line' --argjson line "$line" "$@" || return 1
  file_verdict "$line" || say 'the result is not filed yet; the next start does it'
}

# file_verdict LINE: the verdict of the operation in STATE goes to its file and to the history, then the operation is over.
file_verdict() {
  local line=$1
  write_whole "$FOLDER/results/${KNOWN[id]}.json" "$line" || return 1
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
