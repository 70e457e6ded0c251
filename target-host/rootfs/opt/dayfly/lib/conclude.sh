# shellcheck shell=bash
# How a deploy ends: recorded, undone, or given up before anything changed.

# A release that was left by a rollback is no longer one to return to.
readonly NEW_RELEASES='
  def same($a): .digest == $a.digest and .commit == $a.commit;
  .releases |= (. as $old | ([range(length) | select($old[.] | same($new))] | first) as $at |
    [$new] + (if $op == "rollback" and $at != null then $old[$at + 1:] else map(select(same($new) | not)) end) | .[:10])
  | .condition = "verified"'

# succeed: only reached when health and live commit were both seen.
succeed() {
  local line
  because deployed 'healthy, and the live commit is the one that was asked for' || true
  line=$(result_line deployed 0 "$REASON" "$TEXT" "$STATE" '{}' "$NEW_RELEASES")
  store_verdict "$line" "$NEW_RELEASES" --argjson new "$NEW" --arg op "$VERB" ||
    because disk-full 'the result could not be stored' || undo
  hook POST_DEPLOY || say 'the post-deploy hook failed; the deploy stands'
  phase prune "${APP[KIND]}_prune" || say 'pruning failed; the deploy stands'
  send "$line"
  exit 0
}

# conclude CODE OUTCOME [FILTER]: the end without a new release. FILTER is what it changes in the state.
conclude() {
  local line filter=${3:-.}
  line=$(result_line "$2" "$1" "$REASON" "$TEXT" "$STATE" '{}' "$filter")
  store_verdict "$line" "$filter" || say 'the result could not be stored'
  send "$line"
  exit "$1"
}

# undo: after a change that did not become live.
undo() {
  if [[ -n $UNTOUCHED ]]; then
    name_previous
    if ((UNTOUCHED == 2)); then conclude 2 refused; else conclude "$UNTOUCHED" failed; fi
  fi
  roll_back
  case $UNDONE in
    1) conclude 1 rolled_back '.condition = "verified"' ;;
    7) conclude 7 failed '.condition = "stopped"' ;;
    *) conclude 4 failed '.condition = "broken"' ;;
  esac
}

# roll_back: UNDONE becomes 1 (the release before is live again, verified), 7 (there was none; stopped) or 4 (hands are needed).
# REASON stays why it was needed; TEXT tells both.
roll_back() {
  local kind=${APP[KIND]} reason=$REASON text=$TEXT before=${KNOWN[running]}
  trap '' TERM INT HUP # half a rollback helps nobody
  ABORTED=no
  say "undoing: $text"
  phase explain "${kind}_explain" || true
  LIMIT=$(($(now) + APP[ROLLBACK_SECONDS]))
  change_state '.operation.phase = "rolling-back"' || say 'the state cannot be written'
  name_previous || say 'release.env cannot be written'
  if [[ $before == '{}' ]]; then
    UNDONE=7
    phase stop "${kind}_stop" || UNDONE=4
    TEXT="$text; there was no release before, and what was begun is stopped"
  else
    TRYING=$before
    UNDONE=1
    phase restore "${kind}_restore" "$before" && phase restored-health await_health &&
      phase restored-version await_version "$(field commit "$before")" || UNDONE=4
    ((UNDONE == 4)) || hook ON_ROLLBACK || say 'the on-rollback hook failed'
    ((UNDONE == 4)) || TEXT="$text; $(field tag "$before") is live again, verified"
  fi
  ((UNDONE != 4)) || TEXT="HANDS NEEDED: $text; and undoing it failed: $REASON"
  REASON=$reason
  say "$TEXT"
}

name_previous() {
  local before=${KNOWN[running]}
  if [[ $before != '{}' ]]; then name_release "$before"; else rm -f -- "$FOLDER/release.env"; fi
}
