#!/usr/bin/env bats
# kill -9 and power loss in every phase: the records are true afterwards, and the interrupted deploy has an answer.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 v1.0.0
  image 2 v2.0.0
  image 3 v3.0.0
}

teardown() {
  : >"$WORLD/go"
}

# kill_in VERB TAG: starts a deploy and kills deployctl while the fake's VERB hangs.
kill_in() {
  rm -f "$WORLD/go" "$WORLD/hanging"
  : >"$WORLD/hang/$1"
  deploy "$2" >/dev/null 3>&- &
  SERIAL=$((${SERIAL:-0} + 1))
  wait_for "$WORLD/hanging"
  kill -9 "$(cut -d' ' -f2 "$DATA/holder")"
  rm "$WORLD/hang/$1"
  : >"$WORLD/go"
  wait
  lock_is_free
}

interrupted_answer() {
  ask status "DEPLOY_ID=$(deploy_id "$SERIAL")"
}

@test "killed before anything changed: recovery says so and the version before runs on" {
  local verb
  deploy v1.0.0
  for verb in version pull image-inspect; do
    kill_in "$verb" v2.0.0
    run --separate-stderr "$DEPLOYCTL" recover
    expect 0 recovered
    interrupted_answer
    [ "$(said .deploy.exit)" = 6 ]
    [ "$(said .deploy.reason)" = interrupted ]
    [ "$(running)" = "$(commit 1)" ]
    records_are_true
  done
}

@test "killed while the new version was being made live: recovery brings the one before back, verified" {
  local verb
  deploy v1.0.0
  for verb in compose-up curl-health curl-version; do
    kill_in "$verb" v2.0.0
    run --separate-stderr "$DEPLOYCTL" recover
    expect 0 recovered
    interrupted_answer
    [ "$(said .deploy.exit)" = 1 ]
    [ "$(said .deploy.outcome)" = rolled_back ]
    [ "$(running)" = "$(commit 1)" ]
    records_are_true
  done
}

@test "killed in the first deploy ever: recovery stops what it began" {
  kill_in curl-health v2.0.0
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0
  interrupted_answer
  [ "$(said .deploy.exit)" = 7 ]
  [ "$(running)" = nothing ]
  records_are_true
}

@test "killed while undoing: recovery undoes it again" {
  deploy v1.0.0
  image 2 v2.0.0 unhealthy
  kill_in logs v2.0.0
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0
  interrupted_answer
  [ "$(said .deploy.exit)" = 1 ]
  records_are_true
}

@test "killed while pruning: the deploy had succeeded and stays so" {
  deploy v1.0.0
  kill_in image-ls v2.0.0
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0
  interrupted_answer
  [ "$(said .deploy.exit)" = 0 ]
  [ "$(running)" = "$(commit 2)" ]
  records_are_true
}

@test "the next deploy recovers first, and the killed one's own id then gets its answer" {
  deploy v1.0.0
  kill_in curl-health v2.0.0
  local killed=$SERIAL
  deploy v3.0.0
  expect 0 deployed
  [ "$(state '.releases | map(.tag) | join(" ")')" = 'v3.0.0 v1.0.0' ]
  SERIAL=$((killed - 1))
  deploy v2.0.0
  expect 1 interrupted
  [ "$(running)" = "$(commit 3)" ]
  records_are_true
}

@test "the killed deploy asked for again is answered, not begun a second time" {
  deploy v1.0.0
  kill_in curl-health v2.0.0
  SERIAL=$((SERIAL - 1))
  deploy v2.0.0
  expect 1 interrupted
  [ "$(running)" = "$(commit 1)" ]
}

@test "kill -9 at every lasting write of a deploy, one by one: true records after recovery, each time" {
  local n lines before
  deploy v1.0.0
  for ((n = 1; n <= 40; n++)); do
    rm -f "$WORLD/syncs"
    printf '%s\n' "$n" >"$WORLD/kill-at"
    deploy "v$((n % 2 + 2)).0.0"
    rm "$WORLD/kill-at"
    [ "$status" -ne 137 ] && break
    lines=$output
    [ -z "$lines" ]
    run --separate-stderr "$DEPLOYCTL" recover
    expect 0 recovered
    records_are_true
    ask status "DEPLOY_ID=$(deploy_id "$SERIAL")"
    before=$(said .deploy.exit)
    [[ $before =~ ^(null|0|1|6)$ ]]
    [ "$before" != 0 ] || [ "$(running)" = "$(commit $((n % 2 + 2)))" ]
    [ "$before" = 0 ] || [ "$(running)" != "$(commit $((n % 2 + 2)))" ] || [ "$(state '.releases[0].commit')" = "$(running)" ]
  done
  [ "$n" -gt 10 ]
  expect 0
}

@test "power loss: containers are gone too, and the boot unit's recovery brings the version before up again" {
  deploy v1.0.0
  kill_in curl-health v2.0.0
  rm -f "$WORLD/running"
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0 recovered
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "recovery waits while Docker does not answer yet, and says so" {
  deploy v1.0.0
  kill_in curl-health v2.0.0
  echo 'not yet' >"$WORLD/fail/version"
  run --separate-stderr "$DEPLOYCTL" recover
  expect 6
  [[ $(said .text) == *'still waiting: shop/prod'* ]]
  deploy v3.0.0
  expect 6 docker-down
  [ "$(state .operation.phase)" = applying ]
  rm "$WORLD/fail/version"
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0
  records_are_true
}

@test "recovery with nothing to recover changes nothing" {
  deploy v1.0.0
  nothing_changed run --separate-stderr "$DEPLOYCTL" recover
  expect 0 recovered
}

@test "2-28 disk full while the result is recorded: undone, and never a success that is not stored" {
  deploy v1.0.0
  printf '#!/bin/bash\n[[ $1 != *state.json.new ]] || ! grep -q verdict "$1" || exit 1\n' >"$ROOT/fakes/sync"
  deploy v2.0.0
  [ "$status" -eq 1 ]
  [ "$(said .reason)" = disk-full ]
  [ "$(running)" = "$(commit 1)" ]
  printf '#!/bin/sh\n' >"$ROOT/fakes/sync"
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0
  records_are_true
}

@test "6: disk full before the first write: nothing begins" {
  printf '#!/bin/sh\nexit 1\n' >"$ROOT/fakes/sync"
  deploy v1.0.0
  expect 6 disk-full
  [ "$(running)" = nothing ]
}

@test "6: a damaged state file is not guessed at" {
  deploy v1.0.0
  echo '{"v":1,' >"$DATA/state.json"
  deploy v2.0.0
  expect 6 state-unreadable
  [ "$(running)" = "$(commit 1)" ]
}
