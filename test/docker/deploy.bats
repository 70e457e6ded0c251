#!/usr/bin/env bats
# A release goes live, and one that must not goes away again: on a real engine, from a real registry.

setup() {
  load target.bash
  make_docker_target
}

teardown() {
  clean_up
}

@test "2-03 2-12 2-29 a good release is pulled, comes up, and is verified by its live commit" {
  image 1 "$(sha_tag 1)"
  deploy "$(sha_tag 1)" "DEPLOY_COMMIT=$(commit 1)"
  expect 0 deployed
  [ "$(said .running.commit)" = "$(commit 1)" ]
  [ "$(said .running.digest)" = "$(digest_in_registry "$(sha_tag 1)")" ]
  [ "$(said .version_ok)" = true ]
  log_of | grep -qE 'healthy after [0-9]+ tries'
  [ "$(said '[.phases[]] | add')" -lt 300000 ]
  records_are_true
}

@test "2-18 the release that runs is a no-op, and a forced restart where asked" {
  image 1 v1.0.0
  deploy v1.0.0
  local before
  before=$(docker ps -q)
  deploy v1.0.0
  expect 0 noop
  [ "$(docker ps -q)" = "$before" ]
  deploy v1.0.0 DEPLOY_MODE=force
  expect 0 deployed
  [ "$(docker ps -q)" != "$before" ]
}

@test "2-19 a mutable tag becomes a digest first, so that a rollback returns to what it meant then" {
  image 1 main
  local first
  first=$(digest_in_registry main)
  deploy main
  expect 0
  image 2 main
  [ "$(digest_in_registry main)" != "$first" ]
  deploy main
  expect 0
  [ "$(running)" = "$(commit 2)" ]
  [ "$(said .previous.digest)" = "$first" ]
  ask rollback DEPLOY_ID="$(deploy_id 77)" DEPLOY_FENCE=77
  expect 0
  [ "$(running)" = "$(commit 1)" ]
  [ "$(said .running.digest)" = "$first" ]
  records_are_true
}

@test "2-14 2-15 a release that crashes is rolled back, and the rollback is verified" {
  image 1 v1.0.0
  image 2 v2.0.0 crash
  deploy v1.0.0
  deploy v2.0.0
  expect 1 crashed
  [ "$(said .outcome)" = rolled_back ]
  [ "$(running)" = "$(commit 1)" ]
  [ "$(said .running.commit)" = "$(commit 1)" ]
  log_of | grep -q 'cannot start with'
  log_of | grep -q "live commit is $(commit 1)"
  records_are_true
}

@test "2-14 one that answers badly for the whole window is rolled back" {
  image 1 v1.0.0
  image 2 v2.0.0 unhealthy
  deploy v1.0.0
  deploy v2.0.0
  expect 1 unhealthy
  [ "$(said .health.status)" = 200 ]
  [[ $(said .text) == *404* ]]
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "one that needs a moment is waited for" {
  image 1 v1.0.0 slow
  deploy v1.0.0
  expect 0 deployed
  [ "$(said .health.tries)" -gt 1 ]
}

@test "3-16 healthy but old: where the public path still shows the version before, it is rolled back" {
  mkdir "$BATS_TEST_TMPDIR/gateway"
  printf '{"commit":"%s"}' "$(commit 1)" >"$BATS_TEST_TMPDIR/gateway/version"
  busybox httpd -f -p 127.0.0.1:8090 -h "$BATS_TEST_TMPDIR/gateway" 3>&- &
  local gateway=$!
  setting VERSION_URL=http://127.0.0.1:8090/version
  image 1 v1.0.0
  image 2 v2.0.0
  deploy v1.0.0
  expect 0
  deploy v2.0.0
  expect 1 stale-version
  kill "$gateway"
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "3-16 an image whose label and environment lie about its commit is rolled back" {
  image 1 v1.0.0
  image 2 v2.0.0 lies
  deploy v1.0.0
  deploy v2.0.0 "DEPLOY_COMMIT=$(commit 2)"
  expect 1 stale-version
  [ "$(said .version_ok)" = true ]
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "2-15 2-16 a version before that is broken by now exits 4 and says that hands are needed" {
  image 1 v1.0.0 fussy
  image 2 v2.0.0 migrates
  deploy v1.0.0
  expect 0
  deploy v2.0.0
  expect 4
  [[ $(said .text) == 'HANDS NEEDED: '* ]]
  [ "$(state .condition)" = broken ]
  [ "$(state .operation)" = null ]
}

@test "2-17 a first deploy that fails stops what it started" {
  image 1 v1.0.0 unhealthy
  deploy v1.0.0
  expect 7 unhealthy
  [ "$(containers_here)" -eq 0 ]
  [ "$(running)" = nothing ]
  [ "$(state .condition)" = stopped ]
}

@test "2-10 2-11 2-32 a tag that the registry does not have leaves the version before running, container untouched" {
  image 1 v1.0.0
  deploy v1.0.0
  local before
  before=$(docker ps -q --no-trunc)
  deploy sha-0123abc
  expect 5 image-missing
  [ "$(docker ps -q --no-trunc)" = "$before" ]
  [ "$(grep -c '^IMAGE_TAG=v1.0.0$' "$DATA/release.env")" -eq 1 ]
  records_are_true
}

@test "label and commit that differ exit 2 before anything changes; so does an image without a label" {
  image 1 v1.0.0
  image 2 v2.0.0
  image 3 v3.0.0 unlabelled
  deploy v1.0.0
  local before
  before=$(docker ps -q --no-trunc)
  deploy v2.0.0 "DEPLOY_COMMIT=$(commit 3)"
  expect 2 wrong-revision
  deploy v3.0.0 "DEPLOY_COMMIT=$(commit 3)"
  expect 2 no-revision
  [ "$(docker ps -q --no-trunc)" = "$before" ]
  records_are_true
  setting ALLOW_UNLABELLED=yes
  deploy v3.0.0 "DEPLOY_COMMIT=$(commit 3)"
  expect 0 deployed
}

@test "an image of another processor exits 5 and changes nothing" {
  image 1 v1.0.0
  image 2 v2.0.0 foreign
  deploy v1.0.0
  deploy v2.0.0
  expect 5 wrong-architecture
  [ "$(running)" = "$(commit 1)" ]
}

@test "2-13 pruning takes old images away by their tags, and keeps those that may be needed" {
  setting KEEP=1
  local n
  # The engine lists the newest first, those of one moment in any order: KEEP would hold on to any of them.
  for n in 1 2 3; do image "$n" "v$n.0.0" ok "2020-01-0${n}T00:00:00Z"; done
  image 4 v4.0.0 ok 2019-01-01T00:00:00Z
  docker pull -q "$REGISTRY/$NAME:v4.0.0" # never deployed, of old
  for n in 1 2 3; do
    deploy "v$n.0.0"
    expect 0 deployed
  done
  [ "$(state '.releases | map(.tag) | join(" ")')" = 'v3.0.0 v2.0.0 v1.0.0' ]
  run ! docker image inspect "$REGISTRY/$NAME:v4.0.0"
  docker image inspect "$REGISTRY/$NAME@$(state '.releases[1].digest')" >/dev/null
}
