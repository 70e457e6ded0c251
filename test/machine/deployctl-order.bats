#!/usr/bin/env bats
# Which deploy may begin: one at a time, each id once, never an older fence, never too late.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 v1.0.0
  image 2 v2.0.0
}

teardown() {
  : >"$WORLD/go"
}

# A deploy that hangs while it pulls, in the background; its id is id 1.
begin_slow_deploy() {
  : >"$WORLD/hang/pull"
  (deploy v1.0.0 >/dev/null; printf '%s' "$output" >"$BATS_TEST_TMPDIR/slow.line") 3>&- &
  SLOW=$!
  wait_for "$WORLD/hanging"
  local tries=0
  until grep -q pulling "$ROOT/var/log/dayfly/shop/prod/$(deploy_id 1).log"; do # all that it says until then
    ((tries++ < 2400))
    sleep 0.05
  done
}

end_slow_deploy() {
  : >"$WORLD/go"
  wait "$SLOW"
}

@test "2-08 while one deploy works, a second exits 3 at once and touches nothing" {
  begin_slow_deploy
  rm "$WORLD/hang/pull"
  SERIAL=1
  printf '#!/bin/sh\necho "$*" >>%s/flock\nexec %s "$@"\n' "$BATS_TEST_TMPDIR" "$(command -v flock)" >"$ROOT/fakes/flock"
  chmod +x "$ROOT/fakes/flock"
  nothing_changed deploy v2.0.0
  expect 3 locked
  [ "$(cat "$BATS_TEST_TMPDIR/flock")" = '-n 9' ] # asked once, without waiting
  kill -0 "$SLOW"
  [[ $(said .text) == *"$(deploy_id 1)"* ]]
  end_slow_deploy
  [ "$(jq -r .outcome "$BATS_TEST_TMPDIR/slow.line")" = deployed ]
}

@test "the same deploy meeting its own lock is in progress, not a failure" {
  begin_slow_deploy
  rm "$WORLD/hang/pull"
  deploy v1.0.0
  expect 3 same-id
  [ "$(said .outcome)" = in_progress ]
  end_slow_deploy
}

@test "two environments of one app do not wait for each other" {
  begin_slow_deploy
  rm "$WORLD/hang/pull"
  SERIAL=1
  deploy v2.0.0 DEPLOY_ENV=pr-7
  expect 0 deployed
  end_slow_deploy
}

@test "a repeated deploy id is answered with what it did the first time, and does nothing" {
  deploy v1.0.0
  local first=$output
  image 1 v1.0.0 unhealthy
  : >"$WORLD/calls"
  SERIAL=0
  deploy v1.0.0
  expect 0 deployed
  [ "$output" = "$first" ]
  [ ! -s "$WORLD/calls" ]
}

@test "a repeated deploy id of a failure fails the same way, even when it is late and overtaken" {
  echo 'connection refused' >"$WORLD/fail/pull"
  deploy v1.0.0
  rm "$WORLD/fail/pull"
  deploy v2.0.0
  SERIAL=0
  deploy v1.0.0 DEPLOY_NOT_AFTER=1600000000
  expect 5 pull-failed
  [ "$(running)" = "$(commit 2)" ]
}

@test "a fence below the recorded one is refused; an equal or higher one is not" {
  deploy v1.0.0 DEPLOY_FENCE=5
  deploy v2.0.0 DEPLOY_FENCE=4
  expect 8 fence
  [ "$(running)" = "$(commit 1)" ]
  deploy v2.0.0 DEPLOY_FENCE=5
  expect 0
  [ "$(said .fence)" = 5 ]
}

@test "a fence counts even when its deploy failed before it changed anything" {
  deploy v9.0.0 DEPLOY_FENCE=5
  expect 5
  deploy v2.0.0 DEPLOY_FENCE=4
  expect 8 fence
}

@test "a command that comes after its time begins nothing" {
  deploy v1.0.0 "DEPLOY_NOT_AFTER=$(($(date +%s) - 1))"
  expect 8 expired
  [ "$(running)" = nothing ]
  [ ! -e "$DATA/state.json" ]
}

@test "the lock is held until the killed run's own command has ended, and by nothing else" {
  begin_slow_deploy
  kill -9 "$(cut -d' ' -f2 "$DATA/holder")"
  rm "$WORLD/hang/pull"
  SERIAL=1
  deploy v2.0.0
  expect 3 locked
  end_slow_deploy || true
  lock_is_free
  deploy v2.0.0
  expect 0 deployed
}

@test "a background process that a hook leaves behind keeps neither the lock nor the result" {
  printf '#!/bin/sh\nsleep 600 &\necho "$!" >>%s\n' "$BATS_TEST_TMPDIR/left" >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  echo "PRE_DEPLOY=$ROOT/hook" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v1.0.0
  expect 0
  deploy v2.0.0
  expect 0
  local left
  mapfile -t left <"$BATS_TEST_TMPDIR/left"
  [ "${#left[@]}" -eq 2 ]
  kill "${left[@]}" # both were still at work
}

@test "a hook that runs too long is ended" {
  printf '#!/bin/sh\nsleep 60\n' >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  printf 'PRE_DEPLOY=%s/hook\nHOOK_SECONDS=1\n' "$ROOT" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v1.0.0
  expect 1 pre-deploy-hook
}

@test "the deploy's own deadline leaves time for the rollback" {
  deploy v1.0.0
  printf 'DEADLINE_SECONDS=75\nROLLBACK_SECONDS=60\nHEALTH_TRIES=30\n' >>"$ROOT/etc/dayfly/apps/shop.env"
  image 2 v2.0.0 unhealthy
  deploy v2.0.0
  expect 1 out-of-time
  [ "$(running)" = "$(commit 1)" ]
}

@test "a signal undoes what was begun instead of leaving half of it" {
  deploy v1.0.0
  : >"$WORLD/hang/curl-health"
  (deploy v2.0.0 >/dev/null; printf '%s' "$output" >"$BATS_TEST_TMPDIR/slow.line") 3>&- &
  SLOW=$!
  wait_for "$WORLD/hanging"
  rm "$WORLD/hang/curl-health"
  image 2 v2.0.0 unhealthy
  jq -c '.does = "unhealthy"' "$WORLD/running" >"$WORLD/changed" && mv "$WORLD/changed" "$WORLD/running"
  kill -TERM "$(cut -d' ' -f2 "$DATA/holder")"
  end_slow_deploy
  [ "$(jq -r .exit "$BATS_TEST_TMPDIR/slow.line")" = 1 ]
  records_are_true
}
