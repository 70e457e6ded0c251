# shellcheck shell=bash
# The app's own executables: hooks, and the four of a `script` app. They get these variables and no others:
# APP ENVIRONMENT RELEASE COMMIT DIGEST BUNDLE PREVIOUS PREVIOUS_COMMIT PREVIOUS_DIGEST DEPLOY_ID DEADLINE WORK PATH HOME, and those of SETTINGS.

# call SECONDS RELEASE EXECUTABLE
call() {
  local tag commit digest old_tag old_commit old_digest bundle=- settings=()
  read -r tag commit digest old_tag old_commit old_digest < <(
    jq -r --argjson release "$2" '[$release, .releases[0] // {}] | map(.tag, .commit, .digest) | map(. // "-") | join(" ")' <<<"$STATE"
  )
  # The bundle is of the new release: whoever brings the one before back must not take it for that one's.
  [[ $2 != "$NEW" ]] || bundle=$BUNDLE
  [[ -z ${APP[SETTINGS]} ]] || mapfile -t settings < <(read_settings)
  bounded "$1" env -i "${settings[@]}" "PATH=$PATH" "HOME=$FOLDER/work" "WORK=$FOLDER/work" \
    "APP=${ASKED[app]}" "ENVIRONMENT=${ASKED[env]}" "DEPLOY_ID=${ASKED[id]}" "DEADLINE=$LIMIT" \
    "RELEASE=$tag" "COMMIT=$commit" "DIGEST=$digest" "BUNDLE=$bundle" \
    "PREVIOUS=$old_tag" "PREVIOUS_COMMIT=$old_commit" "PREVIOUS_DIGEST=$old_digest" "$3"
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
