#!/usr/bin/env bats
# status, diagnostics and logs: by looking, not by remembering, and without touching anything.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 v1.0.0
  image 2 v2.0.0
}

inspect() {
  ask "$@"
}

# Unlike every_file without the fakes' own notes: to look is to call them.
every_record() { find "$ROOT/var" "$ROOT/etc" -printf '%p %T@ %s\n' | sort; }

@test "3-20 status tells the recorded and the seen release, and touches nothing" {
  local before
  deploy v1.0.0
  before=$(every_record)
  inspect status
  expect 0 status
  [ "$before" = "$(every_record)" ]
  [ "$(said .running.commit)" = "$(commit 1)" ]
  [ "$(said .seen.condition)" = verified ]
  [ "$(said .seen.running.digest)" = "$(digest 1)" ]
}

@test "status of what was never deployed makes no folder" {
  local before
  before=$(find "$ROOT/var" | sort)
  inspect status
  expect 0
  [ "$(said .condition)" = none ]
  [ "$(said .seen.condition)" = none ]
  [ "$before" = "$(find "$ROOT/var" | sort)" ]
}

@test "3-03 a version that no deploy put there shows as drift" {
  deploy v1.0.0
  cp "$WORLD/registry/v2.0.0" "$WORLD/local/$(digest 2)"
  cp "$WORLD/registry/v2.0.0" "$WORLD/running"
  inspect status
  [ "$(said .condition)" = verified ]
  [ "$(said .seen.condition)" = drifted ]
}

@test "status sees what stopped and what broke since" {
  deploy v1.0.0
  jq -c '.does = "unhealthy"' "$WORLD/running" >"$WORLD/changed" && mv "$WORLD/changed" "$WORLD/running"
  inspect status
  [ "$(said .seen.condition)" = broken ]
  rm "$WORLD/running"
  inspect status
  [ "$(said .seen.condition)" = stopped ]
}

@test "status answers for one deploy id, known or not" {
  deploy v1.0.0
  inspect status "DEPLOY_ID=$(deploy_id 1)"
  [ "$(said .deploy.outcome)" = deployed ]
  [ "$(said .deploy.fence)" = 1 ]
  inspect status "DEPLOY_ID=$(deploy_id 77)"
  [ "$(said .deploy)" = null ]
}

@test "3-23 diagnostics names each check; one bad one makes the whole degraded, and exits 1" {
  deploy v1.0.0
  inspect diagnostics
  expect 0 healthy
  [ "$(said '.checks | map(.name) | join(" ")')" = 'disk docker operation released health commit image' ]
  mkdir "$ROOT/checks"
  printf '#!/bin/sh\necho "egress connected for $APP"\n' >"$ROOT/checks/egress"
  printf '#!/bin/sh\necho "database is not ready"\nexit 1\n' >"$ROOT/checks/database"
  chmod +x "$ROOT"/checks/*
  echo "CHECKS=$ROOT/checks" >>"$ROOT/etc/dayfly/apps/shop.env"
  inspect diagnostics
  expect 1 degraded
  [ "$(said '.checks[] | select(.ok | not) | .name + ": " + .text')" = 'database: database is not ready' ]
  [ "$(said '.checks[] | select(.name == "egress") | .text')" = 'egress connected for shop' ]
}

@test "diagnostics sees a stale version behind a good health check" {
  deploy v1.0.0
  jq -c '.does = "lie"' "$WORLD/running" >"$WORLD/changed" && mv "$WORLD/changed" "$WORLD/running"
  inspect diagnostics
  expect 1 degraded
  [ "$(said '.checks[] | select(.ok | not) | .name')" = commit ]
}

@test "3-19 logs gives the end of the asked deploy's log, or of the newest" {
  deploy v1.0.0
  deploy v2.0.0
  inspect logs "DEPLOY_ID=$(deploy_id 1)"
  [[ $(said .log.path) == *"/$(deploy_id 1).log" ]]
  [[ $(said .log.tail) == *'healthy after 2 tries'* ]]
  inspect logs DEPLOY_ID=-
  [[ $(said .log.path) == *"/$(deploy_id 2).log" ]]
  inspect logs "DEPLOY_ID=$(deploy_id 99)"
  expect 8 no-log
}

@test "status still tells what is recorded when Docker does not answer, and that it sees nothing" {
  deploy v1.0.0
  echo down >"$WORLD/fail/version"
  inspect status "DEPLOY_ID=$(deploy_id 1)"
  expect 0 docker-down
  [ "$(said .seen)" = null ]
  [ "$(said .deploy.outcome)" = deployed ]
  inspect diagnostics
  expect 1 degraded
}
