#!/usr/bin/env bats
# When the new version is not good: undone, the undoing verified, and the records true.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 v1.0.0
}

bad_version() {
  deploy v1.0.0
  image 2 v2.0.0 "$1"
  deploy v2.0.0
}

@test "2-14 a version that is never healthy is replaced by the one before; exit 1" {
  bad_version unhealthy
  expect 1 unhealthy
  [ "$(said .outcome)" = rolled_back ]
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "2-14 a version that crashes at boot is replaced at once, without waiting for the window" {
  bad_version crash
  expect 1 crashed
  [ "$(running)" = "$(commit 1)" ]
  # Between its start and that of the one before it was asked once.
  [ "$(awk '/^docker compose .* up /{ups++} /^curl .*healthz/ && ups == 2 {asked++} END {print asked}' "$WORLD/calls")" -eq 1 ]
  records_are_true
}

@test "3-16 healthy but not the asked commit is a failure, and undone" {
  bad_version lie
  expect 1 stale-version
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "0-40 a public path that is broken is told from an app that is: certificate, gateway, or containers" {
  image 2 v2.0.0
  deploy v1.0.0
  echo 60 >"$WORLD/fail/curl-version"
  deploy v2.0.0
  expect 4 certificate
  [[ $(said .text) == *'still being issued'* ]]
  rm "$WORLD/fail/curl-version"
  deploy v1.0.0
  expect 0
  echo 502 >"$WORLD/fail/curl-version"
  deploy v2.0.0
  expect 4 public-path
  [[ $(said .log.tail) == *'answers 502'* ]]
  rm "$WORLD/fail/curl-version"
  deploy v1.0.0
  expect 0
  edit_image v2.0.0 '.does = "crash"'
  deploy v2.0.0 # another digest would be another image: the tag alone was asked for
  expect 1 crashed
}

@test "3-13 a compose file that does not take our image is found out" {
  deploy v1.0.0
  touch "$WORLD/ignores-image"
  image 2 v2.0.0
  deploy v2.0.0
  expect 1 image-not-used
  records_are_true
}

@test "2-16 why compose did not come up is told apart: a taken port, also while undoing, and anything else" {
  local said reason
  deploy v1.0.0
  image 2 v2.0.0
  while IFS='|' read -r reason said; do
    printf '%s\n' "$said" >"$WORLD/fail/compose-up"
    deploy v2.0.0
    expect 4 "$reason"
    [[ $(said .text) == "HANDS NEEDED: "*"; and undoing it failed: $reason" ]]
  done <<'END'
port-taken|Bind for 127.0.0.1:8080 failed: port is already allocated
port-taken|listen tcp4 127.0.0.1:8080: bind: address already in use
apply-failed|no such service: web
END
}

@test "2-15 the rollback itself is verified: healthy and the commit before" {
  bad_version unhealthy
  [ "$(said .health.status)" = 200 ]
  [ "$(said .version_ok)" = true ]
  [ "$(jq '.phases | has("restored-health") and has("restored-version")' <<<"$output")" = true ]
  [[ $(said .text) == *'v1.0.0 is live again, verified' ]]
}

@test "2-15 2-16 a rollback that fails too exits 4, says that hands are needed, and is recorded as broken" {
  deploy v1.0.0
  image 2 v2.0.0 unhealthy
  jq -c '.does = "unhealthy"' "$WORLD/local/$(digest 1)" >"$WORLD/changed"
  mv "$WORLD/changed" "$WORLD/local/$(digest 1)"
  deploy v2.0.0
  expect 4 unhealthy
  [[ $(said .text) == 'HANDS NEEDED: '* ]]
  [ "$(said .condition)" = broken ]
  [ "$(state .condition)" = broken ]
  [ "$(state .operation)" = null ]
  [ "$(state '.releases[0].digest')" = "$(digest 1)" ]
}

@test "after a failed rollback the next good version goes live" {
  deploy v1.0.0
  jq -c '.does = "unhealthy"' "$WORLD/local/$(digest 1)" >"$WORLD/changed"
  mv "$WORLD/changed" "$WORLD/local/$(digest 1)"
  image 2 v2.0.0 unhealthy
  deploy v2.0.0
  expect 4
  image 3 v3.0.0
  deploy v3.0.0
  expect 0 deployed
  records_are_true
}

@test "2-17 a first deploy that fails leaves nothing running and says so; exit 7" {
  image 2 v2.0.0 unhealthy
  deploy v2.0.0
  expect 7 unhealthy
  [ "$(running)" = nothing ]
  [ "$(state .condition)" = stopped ]
  [ ! -e "$DATA/release.env" ]
  [[ $(said .text) == *'stopped' ]]
}

@test "4: a first deploy that fails and cannot be stopped needs hands" {
  image 2 v2.0.0 unhealthy
  echo 'daemon is gone' >"$WORLD/fail/compose-down"
  deploy v2.0.0
  expect 4
  [ "$(state .condition)" = broken ]
}

@test "2-30 the audit trail keeps good and bad deploys, newest last" {
  bad_version unhealthy
  [ "$(jq -rs 'map(.outcome) | join(" ")' "$DATA/history.jsonl")" = 'deployed rolled_back' ]
  [ "$(jq -rs 'map(has("log")) | any' "$DATA/history.jsonl")" = false ]
}

@test "0-20 a rollback without a tag returns to the recorded previous release, again and again further back" {
  image 2 v2.0.0
  image 3 v3.0.0
  deploy v1.0.0
  deploy v2.0.0
  deploy v3.0.0
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0 deployed
  [ "$(running)" = "$(commit 2)" ]
  ask rollback "DEPLOY_ID=$(deploy_id 51)" DEPLOY_FENCE=51
  expect 0
  [ "$(running)" = "$(commit 1)" ]
  ask rollback "DEPLOY_ID=$(deploy_id 52)" DEPLOY_FENCE=52
  expect 8 no-previous
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "0-20 a rollback with a tag goes there by the same way" {
  image 2 v2.0.0
  image 3 v3.0.0
  deploy v1.0.0
  deploy v2.0.0
  deploy v3.0.0
  ask rollback DEPLOY_TAG=v1.0.0 "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0
  [ "$(running)" = "$(commit 1)" ]
  [ "$(state '.releases | length')" -eq 1 ]
}

@test "a rollback needs no registry: the image is still here" {
  image 2 v2.0.0
  deploy v1.0.0
  deploy v2.0.0
  echo 'connection refused' >"$WORLD/fail/pull"
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0 deployed
}

@test "a rollback to a version that is broken by now returns to the one that ran" {
  image 2 v2.0.0
  deploy v1.0.0
  deploy v2.0.0
  jq -c '.does = "crash"' "$WORLD/local/$(digest 1)" >"$WORLD/changed"
  mv "$WORLD/changed" "$WORLD/local/$(digest 1)"
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 1 crashed
  [ "$(running)" = "$(commit 2)" ]
  records_are_true
}
