# shellcheck shell=bash
# One deploy or rollback, from the first look to the stored result.

NEW='{}'     # the release that is asked for
TRYING='{}'  # the release that is being made live: the new one, or while undoing the one before
UNTOUCHED='' # exit code of an apply that says it has changed nothing
FENCE=0

run_deploy() {
  read_app
  [[ ${ASKED[id]} != - ]] || ASKED[id]=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  open_state write
  answer_if_known
  take_lock
  load_state
  answer_if_known
  start_log || refuse 6 disk-full 'the log cannot be written'
  recover_interrupted
  answer_if_known
  check_order
  begin_operation || refuse 6 disk-full 'the state cannot be written'
  attempt
}

# The same deploy again, by a repeated command: what it did the first time is all there is to say.
answer_if_known() {
  local line
  line=$(known_result) || return 0
  send "$line"
  exit "$(jq -r .exit <<<"$line")"
}

# Too late, or overtaken: neither may begin any more. A person at this host has no fence and takes the recorded one.
check_order() {
  local recorded=${KNOWN[fence]}
  [[ ${ASKED[not_after]} == - ]] || (($(now) <= ASKED[not_after])) || refuse 8 expired 'this command came too late' "$STATE"
  FENCE=${ASKED[fence]}
  [[ $FENCE != - ]] || FENCE=$recorded
  ((FENCE >= recorded)) || refuse 8 fence "a newer deploy ($recorded) was here before this one ($FENCE)" "$STATE"
}

attempt() {
  local kind=${APP[KIND]} code=0
  LIMIT=$((STARTED + APP[DEADLINE_SECONDS] - APP[ROLLBACK_SECONDS]))
  choose_release || conclude 8 refused
  phase check "${kind}_ready" || conclude 6 failed
  phase fetch "${kind}_fetch" || code=$?
  REQUESTED=$NEW
  case $code in
    0) ;;
    2) conclude 2 refused ;;
    *) conclude "$code" failed ;;
  esac
  TRYING=$NEW
  if is_live; then
    because noop 'this release runs already, healthy and verified' || conclude 0 noop '.condition = "verified"'
  fi
  hook PRE_DEPLOY || { because pre-deploy-hook 'the pre-deploy hook refused; nothing was changed' || conclude 1 failed; }
  [[ $ABORTED == no ]] || because aborted 'stopped by a signal; nothing was changed' || conclude 6 failed
  change_state '.operation |= (.changed = true | .release = $new | .phase = "applying")' --argjson new "$NEW" ||
    because disk-full 'the state cannot be written; nothing was changed' || conclude 6 failed
  make_live || undo
  succeed
}

# A rollback without a tag returns to the release before the present one, as this host remembers it.
choose_release() {
  [[ $VERB == rollback && ${ASKED[tag]} == - ]] || return 0
  local release
  release=$(jq -c '.releases[1] // empty' <<<"$STATE")
  [[ -n $release ]] || because no-previous 'there is no earlier release to return to' || return 1
  ASKED[tag]=$(field tag "$release")
  ASKED[digest]=$(field digest "$release")
  ASKED[commit]=$(field commit "$release")
}

# Nothing to do: asked for what is recorded as verified, and it is seen to be so now.
is_live() {
  [[ ${ASKED[mode]} == normal && ${KNOWN[condition]} == verified ]] || return 1
  same_release "$NEW" "${KNOWN[running]}" || return 1
  [[ ${APP[KIND]} != compose ]] || uses_image "$NEW" || return 1
  "${APP[KIND]}_probe" && [[ $("${APP[KIND]}_live_commit") == "$(field commit "$NEW")" ]] && VERSION_OK=true
}

make_live() {
  local kind=${APP[KIND]}
  name_release "$NEW" || because disk-full 'release.env cannot be written' || return 1
  phase apply "${kind}_apply" "$NEW" || return 1
  phase health await_health || return 1
  phase version await_version "$(field commit "$NEW")"
}

# name_release RELEASE: for people, and for `docker compose --env-file` by hand.
name_release() {
  local lines digest
  lines=$(printf 'IMAGE_TAG=%s\nCOMMIT=%s' "$(field tag "$1")" "$(field commit "$1")")
  digest=$(field digest "$1")
  [[ $digest == - ]] || lines+=$'\n'IMAGE_DIGEST=$digest
  [[ $digest == - || -z ${APP[IMAGE]} ]] || lines+=$'\n'IMAGE=${APP[IMAGE]}@$digest
  write_whole "$FOLDER/release.env" "$lines"
}

# phase NAME COMMAND...: keeps its time.
phase() {
  local name=$1 from code=0
  shift
  say "$name"
  from=$(now_ms)
  "$@" || code=$?
  [[ $PHASES == '{}' ]] || PHASES=${PHASES%\}},\}
  PHASES="${PHASES%\}}\"$name\":$(($(now_ms) - from))}"
  return "$code"
}
