# shellcheck shell=bash
# The app's own executables: hooks, and the four of a `script` app. They get these variables and no others:
# APP ENVIRONMENT RELEASE COMMIT DIGEST BUNDLE PREVIOUS PREVIOUS_COMMIT PREVIOUS_DIGEST DEPLOY_ID DEADLINE WORK PATH HOME, and those of SETTINGS.

# call SECONDS RELEASE EXECUTABLE
call() {
  local before=${KNOWN[running]} bundle=- settings=()
  # The bundle is of the new release: whoever brings the one before back must not take it for that one's.
  [[ $2 != "$NEW" ]] || bundle=$BUNDLE
  [[ -z ${APP[SETTINGS]} ]] || mapfile -t settings < <(read_settings)
  bounded "$1" env -i "${settings[@]}" "PATH=$PATH" "HOME=$FOLDER/work" "WORK=$FOLDER/work" \
    "APP=${ASKED[app]}" "ENVIRONMENT=${ASKED[env]}" "DEPLOY_ID=${ASKED[id]}" "DEADLINE=$LIMIT" \
    "RELEASE=$(field tag "$2")" "COMMIT=$(field commit "$2")" "DIGEST=$(field digest "$2")" "BUNDLE=$bundle" \
    "PREVIOUS=$(field tag "$before")" "PREVIOUS_COMMIT=$(field commit "$before")" "PREVIOUS_DIGEST=$(field digest "$before")" "$3"
}

read_settings() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    [[ ! $line =~ ^[A-Z][A-Z0-9_]*= ]] || printf '%s\n' "$line"
  done <"${APP[SETTINGS]}"
}

# hook KEY: the executable that the app names there, if any.
hook() {
  local name=${1,,}
  [[ -n ${APP[$1]} ]] || return 0
  phase "${name//_/-}" call "$(within "${APP[HOOK_SECONDS]}")" "$TRYING" "${APP[$1]}"
}
