#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  sleep 60 3>&- &
  runner=$!
}
teardown() {
  kill "$runner" 2>/dev/null || true
  end_world
}

@test "5-07 a Spot notice ends the runner and says why" {
  echo '{"action":"terminate","time":"2026-01-01T00:02:00Z"}' >"$FAKES/metadata/spot_instance-action"
  run "$lib/watch.sh" "$runner" 60 "$world/started" "$world/cause"
  [ "$(cat "$world/cause")" = spot ]
  refute kill -0 "$runner" 2>/dev/null
}

@test "a runner without a job is ended at the idle limit" {
  run "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  [ "$(cat "$world/cause")" = idle ]
  refute kill -0 "$runner" 2>/dev/null
}

@test "a runner with a job is left alone after the idle limit" {
  touch "$world/started"
  run timeout 0.5 "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  [ "$status" -eq 124 ]
  [ ! -e "$world/cause" ]
  kill -0 "$runner"
}

@test "a Spot notice counts during a job too" {
  touch "$world/started"
  echo '{}' >"$FAKES/metadata/spot_instance-action"
  run "$lib/watch.sh" "$runner" 60 "$world/started" "$world/cause"
  [ "$(cat "$world/cause")" = spot ]
}

@test "a metadata service that is gone is no Spot notice" {
  touch "$FAKES/no-metadata" "$world/started"
  run timeout 0.5 "$lib/watch.sh" "$runner" 60 "$world/started" "$world/cause"
  [ "$status" -eq 124 ]
  [ ! -e "$world/cause" ]
}

@test "it ends with its runner" {
  kill "$runner"
  wait "$runner" 2>/dev/null || true
  run timeout 5 "$lib/watch.sh" "$runner" 60 "$world/started" "$world/cause"
  [ "$status" -eq 0 ]
  [ ! -e "$world/cause" ]
}

@test "a runner that does not heed is killed" {
  kill "$runner"
  bash -c 'trap "" TERM; while :; do sleep 0.1; done' 3>&- &
  runner=$!
  sleep 0.2
  run "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  refute kill -0 "$runner" 2>/dev/null
  [[ "$output" == *"it is killed"* ]]
}

@test "what the runner has started ends with it" {
  kill "$runner"
  setsid bash -c 'sleep 60 & echo "$!" >"$1"; wait' - "$world/child" 3>&- &
  runner=$!
  until [ -s "$world/child" ]; do sleep 0.05; done
  run "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  for _ in $(seq 50); do
    kill -0 "$(cat "$world/child")" 2>/dev/null || return 0
    sleep 0.1
  done
  echo "its child is still there"
  return 1
}
