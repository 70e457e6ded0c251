# shellcheck shell=bash
# What a kill or a power loss cut: found by the operation that is still in the state although nobody holds the lock.

# recover_interrupted: under the lock. Finishes what was decided, undoes what was not, and stores the result under that deploy's id.
recover_interrupted() {
  local id=${KNOWN[id]} verb=$VERB asked_id=${ASKED[id]}
  [[ -n $id ]] || return 0
  say "deploy $id was cut in its phase ${KNOWN[phase]}"
  if [[ ${KNOWN[judged]} == true ]]; then
    file_verdict "$(jq -c .operation.verdict <<<"$STATE")" || refuse 6 disk-full 'the result of an interrupted deploy cannot be stored'
    return
  fi
  if [[ ${KNOWN[changed]} == true ]]; then
    "${APP[KIND]}_ready" || refuse 6 "$REASON" "an interrupted deploy waits to be undone: $TEXT"
  fi
  ASKED[id]=$id
  VERB=${KNOWN[op]}
  REQUESTED=${KNOWN[release]}
  undo_interrupted
  ASKED[id]=$asked_id
  VERB=$verb
  REQUESTED=null PHASES='{}' VERSION_OK=null REASON='' TEXT=''
  HEALTH_SEEN=([status]='' [tries]=0 [ms]=0)
  trap 'ABORTED=yes' TERM INT HUP
}

undo_interrupted() {
  local filter='.' code=6 outcome=failed line
  because interrupted 'cut short before anything was changed' || true
  if [[ ${KNOWN[changed]} == true ]]; then
    because interrupted 'cut short while the release was being made live' || true
    roll_back
    code=$UNDONE
    case $code in
      1) outcome=rolled_back filter='.condition = "verified"' ;;
      7) filter='.condition = "stopped"' ;;
      *) filter='.condition = "broken"' ;;
    esac
  fi
  line=$(result_line "$outcome" "$code" "$REASON" "$TEXT" "$STATE" '{}' "$filter")
  store_verdict "$line" "$filter" || refuse 6 disk-full 'the result of an interrupted deploy cannot be stored'
}

# recover_all: at boot, before anybody asks.
recover_all() {
  local folder app env recovered=() waiting=()
  for folder in "$ROOT"/var/lib/dayfly/*/*/; do
    folder=${folder%/}
    env=${folder##*/}
    app=${folder%/*}
    app=${app##*/}
    if ! fits app "$app" || ! fits env "$env" || [[ ! -r $folder/state.json ]]; then continue; fi
    [[ -n $(jq -r '.operation.id // empty' "$folder/state.json" 2>/dev/null) ]] || continue
    if (recover_one "$app" "$env") 3>/dev/null; then recovered+=("$app/$env"); else waiting+=("$app/$env"); fi
  done
  send "$(result_line status "$((${#waiting[@]} > 0 ? 6 : 0))" recovered \
    "undone or finished: ${recovered[*]:-none}; still waiting: ${waiting[*]:-none}" '{}')"
  ((${#waiting[@]} == 0)) || exit 6
}

recover_one() {
  ASKED[app]=$1
  ASKED[env]=$2
  read_app
  open_state write
  take_lock
  load_state
  [[ -n ${KNOWN[id]} ]] || return 0
  ASKED[id]=${KNOWN[id]}
  start_log || return 1
  recover_interrupted
}
