#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  sleep 600 3>&- &
  runner=$!
}
teardown() {
  kill "$runner" 2>/dev/null || true
  end_world
}

# watch_for_a_while IDLE: it has looked five times, found no cause and looks on.
watch_for_a_while() {
  : >"$FAKES/curl.args"
  "$lib/watch.sh" "$runner" "$1" "$world/started" "$world/cause" 3>&- &
  watcher=$!
  wait_until has_looked_five_times
  kill "$watcher" # it was still there
  [ ! -e "$world/cause" ]
}

has_looked_five_times() { [ "$(grep -c api/token "$FAKES/curl.args")" -ge 5 ]; }

@test "5-07 a Spot notice ends the runner and says why" {
  echo '{"action":"terminate","time":"2026-01-01T00:02:00Z"}' >"$FAKES/metadata/spot_instance-action"
  run "$lib/watch.sh" "$runner" 600 "$world/started" "$world/cause"
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
  watch_for_a_while 0
  kill -0 "$runner"
}

@test "a Spot notice counts during a job too" {
  touch "$world/started"
  echo '{}' >"$FAKES/metadata/spot_instance-action"
  run "$lib/watch.sh" "$runner" 600 "$world/started" "$world/cause"
  [ "$(cat "$world/cause")" = spot ]
}

@test "a metadata service that is gone is no Spot notice" {
  touch "$FAKES/no-metadata" "$world/started"
  watch_for_a_while 60
  kill -0 "$runner"
}

@test "it ends with its runner" {
  kill "$runner"
  wait "$runner" 2>/dev/null || true
  run timeout 60 "$lib/watch.sh" "$runner" 600 "$world/started" "$world/cause"
  [ "$status" -eq 0 ]
  [ ! -e "$world/cause" ]
}

@test "a runner that does not heed is killed" {
  kill "$runner"
  bash -c 'trap "" TERM; : >"$1"; while :; do sleep 0.1; done' - "$world/deaf" 3>&- &
  runner=$!
  wait_until test -e "$world/deaf"
  run "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  wait_until gone "$runner"
  [[ "$output" == *"it is killed"* ]]
}

@test "what the runner has started ends with it" {
  kill "$runner"
  setsid bash -c 'sleep 600 & echo "$!" >"$1"; wait' - "$world/child" 3>&- &
  runner=$!
  wait_until test -s "$world/child"
  run "$lib/watch.sh" "$runner" 0 "$world/started" "$world/cause"
  wait_until gone "$(cat "$world/child")"
}
