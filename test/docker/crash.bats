#!/usr/bin/env bats
# kill -9 and power loss in every phase, with a real engine: the records are true afterwards, and the cut deploy has an answer.

setup() {
  load target.bash
  make_docker_target
  image 1 v1.0.0
  image 2 v2.0.0
  deploy v1.0.0
  expect 0
}

teardown() {
  clean_up
}

# begin PLACE TAG: a deploy in a session of its own, up to the moment when it calls PLACE.
begin() {
  rm -f "$WORLD/go" "$WORLD/hanging"
  : >"$WORLD/hang/$1"
  SERIAL=$((SERIAL + 1))
  setsid env DEPLOY_APP=shop DEPLOY_ENV=prod DEPLOY_TAG="$2" DEPLOY_DIGEST=- DEPLOY_COMMIT=- "DEPLOY_ID=$(deploy_id "$SERIAL")" DEPLOY_FENCE="$SERIAL" \
    DEPLOY_NOT_AFTER="$(($(date +%s) + 600))" DEPLOY_MODE=normal DEPLOY_BUNDLE=- "$DEPLOYCTL" deploy >/dev/null 2>&1 3>&- &
  SESSION=$!
  wait_for "$WORLD/hanging"
  rm "$WORLD/hang/$1"
}

lock_is_free() {
  local tries=0
  until flock -n "$DATA/lock" true || ((tries++ > 300)); do sleep 0.1; done
}

# deployctl alone dies; the command that it had started goes on, as after the OOM killer.
kill_in() {
  begin "$@"
  kill -9 "$(cut -d' ' -f2 "$DATA/holder")"
  : >"$WORLD/go"
  lock_is_free
}

# Everything dies at once; then the computer starts again.
lose_power_in() {
  begin "$@"
  pkill -9 --session "$SESSION"
  cut_power
  lock_is_free
  start_engine
}

# recovered CODE N: the boot unit's call; the cut deploy ended with CODE, and the N-th image is what runs.
recovered() {
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0 recovered
  ask status "DEPLOY_ID=$(deploy_id "$SERIAL")"
  if [ "$(said .deploy.exit)" != "$1" ]; then log_of | tail -n 30 >&2 && return 1; fi
  [ "$(running)" = "$(commit "$2")" ]
  records_are_true
}

@test "killed while it looks, pulls or checks the image: the version before runs on" {
  local place
  for place in version pull image-inspect; do
    kill_in "$place" v2.0.0
    recovered 6 1
  done
}

@test "killed while the release is brought up, judged or verified: the version before is back, verified" {
  local place
  for place in compose-up curl-health curl-version; do
    kill_in "$place" v2.0.0
    recovered 1 1
  done
}

@test "killed while undoing: it is undone again" {
  image 3 v3.0.0 crash
  kill_in logs v3.0.0
  recovered 1 1
}

@test "killed while pruning: the deploy had succeeded and stays so" {
  kill_in image-ls v2.0.0
  recovered 0 2
}

@test "power lost before anything changed: the version before comes back with the computer" {
  lose_power_in pull v2.0.0
  recovered 6 1
}

@test "power lost while the release is brought up: the version before is back, verified" {
  lose_power_in compose-up v2.0.0
  recovered 1 1
}

@test "power lost while health is awaited: the version before is back, verified" {
  lose_power_in curl-health v2.0.0
  recovered 1 1
}

@test "power lost while the live commit is asked for: the version before is back, verified" {
  lose_power_in curl-version v2.0.0
  recovered 1 1
}

# Not one that crashes: an engine whose power is cut in the midst of a restart may lose its port (see port-taken).
@test "power lost while undoing: it is undone again" {
  image 3 v3.0.0 unhealthy
  lose_power_in logs v3.0.0
  recovered 1 1
}

@test "power lost while pruning: the deploy had succeeded and stays so" {
  lose_power_in image-ls v2.0.0
  recovered 0 2
}
