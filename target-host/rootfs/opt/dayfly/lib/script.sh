# shellcheck shell=bash
# An app of any other kind: four executables of its owner (apply, health, version, rollback) under the same rules.
# apply may end with 2, 5 or 6 as long as it has changed nothing: the deploy then ends with that code at once.

script_check() {
  local key
  for key in APPLY HEALTH VERSION; do
    CONFIG_PROBLEM="$key is needed"
    [[ -n ${APP[$key]} ]] || return 1
  done
  CONFIG_PROBLEM='SETTINGS must be a readable file'
  [[ -z ${APP[SETTINGS]} || -r ${APP[SETTINGS]} ]]
}

script_ready() {
  enough_disk "$FOLDER" || because disk-full "less than ${APP[DISK_MIN_MB]} MB are free"
}

script_fetch() {
  fetch_bundle || return
  [[ ${ASKED[commit]} != - ]] || { because no-commit 'this app needs the commit' || return 2; }
  name_commit "${ASKED[digest]}" "${ASKED[commit]}"
}

script_apply() {
  local code=0
  call "$(within "${APP[APPLY_SECONDS]}")" "$1" "${APP[APPLY]}" || code=$?
  case $code in
    0) return ;;
    2 | 5 | 6) UNTOUCHED=$code ;;
  esac
  because apply-failed "apply ended with $code"
}

script_restore() {
  local code=0
  call "$(within "${APP[APPLY_SECONDS]}")" "$1" "${APP[ROLLBACK]:-${APP[APPLY]}}" || code=$?
  ((code == 0)) || because restore-failed "rollback ended with $code"
}

# script_stop: nothing was there before; `rollback` with RELEASE=- takes away what apply began.
script_stop() {
  [[ -n ${APP[ROLLBACK]} ]] || { because cannot-stop 'the app has no rollback that could stop it' || return 1; }
  call "$(within 60)" '{}' "${APP[ROLLBACK]}" || because cannot-stop 'rollback could not stop it'
}

script_probe() {
  local code=0
  call "$(within "${APP[HEALTH_REQUEST_SECONDS]}")" "$TRYING" "${APP[HEALTH]}" || code=$?
  HEALTH_SEEN[status]="health ended with $code"
  ((code == 0))
}

script_alive() {
  return 0
}

script_live_commit() {
  call "$(within 10)" "$TRYING" "${APP[VERSION]}" 2>/dev/null | head -c 200 | head -n 1
}

script_explain() {
  return 0
}

script_running() {
  local commit
  commit=$(script_live_commit) && fits commit "$commit" || return 1
  jq -nc --arg commit "$commit" '{commit: $commit}'
}

script_prune() {
  return 0
}
