#!/usr/bin/env bats
# What goes wrong around a deploy: bad words, a second deploy, a full disk, no daemon, a login that is refused.

setup() {
  load target.bash
  make_docker_target
}

teardown() {
  clean_up
}

one_live() {
  image 1 v1.0.0
  deploy v1.0.0
  expect 0
  LIVE=$(docker ps -q --no-trunc)
  : >"$WORLD/calls"
}

# The container itself is the one from before, not one like it.
untouched() {
  [ "$(docker ps -q --no-trunc)" = "$LIVE" ]
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "2-06 2-07 words outside the grammar exit 2: no file written, no docker call, the container as it was" {
  local text
  one_live
  for text in '' v1 sha-ABCDEF0 ';reboot' '$(touch x)' $'v1.0.0\nreboot' '"v1"' 'v1 .0' -v1.0.0; do
    nothing_changed deploy "$text"
    expect 2 bad-tag
    nothing_changed deploy v1.0.0 "DEPLOY_COMMIT=$text"
    expect 2
  done
  [ ! -s "$WORLD/calls" ]
  untouched
}

@test "2-08 while one deploy is at work a second one exits 3 at once and touches nothing" {
  one_live
  image 2 v2.0.0
  : >"$WORLD/hang/pull"
  deploy v2.0.0 3>&- >/dev/null &
  SERIAL=$((SERIAL + 1))
  wait_for "$WORLD/hanging"
  wait_for_log pulling
  local from=$SECONDS
  nothing_changed deploy v1.0.0
  expect 3 locked
  ((SECONDS - from <= 5))
  ask deploy DEPLOY_TAG=v2.0.0 DEPLOY_ID="$(deploy_id $((SERIAL - 1)))" DEPLOY_FENCE=9
  expect 3 same-id
  : >"$WORLD/go"
  wait
  [ "$(running)" = "$(commit 2)" ]
  records_are_true
}

@test "a disk that fills up during the pull exits 6 and leaves the version before running" {
  one_live
  image 2 v2.0.0 big
  setting DISK_MIN_MB=1
  local free
  free=$(df -Pm "$ENGINE" | awk 'NR == 2 { print $4 }')
  fallocate -l "$((free - 30))M" "$ENGINE/ballast"
  deploy v2.0.0
  rm "$ENGINE/ballast"
  expect 6 disk-full
  untouched
  deploy v2.0.0
  expect 0 deployed
}

@test "a disk that is too full exits 6 before the pull" {
  one_live
  image 2 v2.0.0
  setting DISK_MIN_MB=99999
  deploy v2.0.0
  expect 6 disk-full
  [ "$(grep -c '^docker pull' "$WORLD/calls")" -eq 0 ]
  untouched
}

@test "without a daemon a deploy exits 6, status still answers, and the next deploy works" {
  one_live
  image 2 v2.0.0
  cut_power
  deploy v2.0.0
  expect 6 docker-down
  ask status
  expect 0 docker-down
  start_engine
  deploy v2.0.0
  expect 0 deployed
  records_are_true
}

@test "0-42 2-26 a refused login exits 5, names the login's file and no secret; with the login it goes live" {
  one_live
  REGISTRY=127.0.0.1:5001
  setting "IMAGE=$REGISTRY/$NAME"
  docker --config "$BATS_TEST_TMPDIR/docker" login -u puller --password-stdin "$REGISTRY" <<<"$REGISTRY_PASSWORD" 2>/dev/null
  DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker image 2 v2.0.0
  deploy v2.0.0
  expect 5 registry-denied
  [[ $(said .text) == *"$ROOT/var/lib/dayfly/docker"* ]]
  [ "$(running)" = "$(commit 1)" ]
  "$REPO/target-host/login.sh" "$REGISTRY" puller - "$ROOT" <<<"$REGISTRY_PASSWORD" 2>/dev/null
  deploy v2.0.0
  expect 0 deployed
  [ "$(stat -c %a "$ROOT/var/lib/dayfly/docker/config.json")" = 600 ]
  refute_contains "$(cat "$ROOT"/var/log/dayfly/*/*/*)$output$stderr" "$REGISTRY_PASSWORD"
}

@test "a registry that is down exits 5 and leaves the version before running" {
  one_live
  setting IMAGE=127.0.0.1:5999/shop
  deploy v2.0.0
  expect 5 pull-failed
  untouched
}

@test "2-20 no secret in log, result, records or any command line while a deploy fails and is undone" {
  printf 'DB_PASSWORD=db-marker-1\n' >"$ROOT/secrets.env"
  setting "SECRET_FILES=$ROOT/secrets.env"
  one_live
  image 2 v2.0.0 crash
  : >"$BATS_TEST_TMPDIR/watch"
  while [ -e "$BATS_TEST_TMPDIR/watch" ]; do
    cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' '
    sleep 0.1
  done >"$BATS_TEST_TMPDIR/commands" 3>&- &
  deploy v2.0.0
  rm "$BATS_TEST_TMPDIR/watch"
  wait
  expect 1 crashed
  grep -q deployctl "$BATS_TEST_TMPDIR/commands"
  log_of | grep -qF 'cannot start with ***'
  refute_contains "$(cat "$BATS_TEST_TMPDIR/commands" "$ROOT"/var/log/dayfly/*/*/* "$DATA"/*.json "$DATA"/history.jsonl "$DATA"/results/*)" db-marker-1
  refute_contains "$output$stderr" db-marker-1
  untouched || [ "$(running)" = "$(commit 1)" ]
}
