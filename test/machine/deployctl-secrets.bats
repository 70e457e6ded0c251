#!/usr/bin/env bats
# 2-20: no secret in a log, a result line or a process list, and no line of another program passes for ours.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 v1.0.0 crash
  printf 'DB_PASSWORD=hunter2-marker-1\nAPI_KEY="quoted-marker-2"\n' >"$ROOT/secrets.env"
  echo "SECRET_FILES=$ROOT/secrets.env" >>"$ROOT/etc/dayfly/apps/shop.env"
  jq -nc --arg auth "$(printf 'puller:registry-marker-3' | base64)" '{auths: {"registry.test": {auth: $auth}}}' \
    >"$ROOT/var/lib/dayfly/docker/config.json"
}

every_trace() {
  cat "$ROOT"/var/log/dayfly/*/*/* "$DATA"/state.json "$DATA"/history.jsonl "$DATA"/results/* 2>/dev/null
  printf '%s\n' "$output" "$stderr"
}

@test "2-20 what an app, a pull or a hook prints is stored with its secrets masked" {
  printf 'connecting with hunter2-marker-1\nkey=quoted-marker-2;\n' >"$WORLD/container.log"
  printf '#!/bin/sh\necho hook says hunter2-marker-1 and registry-marker-3\necho login %s\n' "$(printf 'puller:registry-marker-3' | base64)" >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  echo "PRE_DEPLOY=$ROOT/hook" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v1.0.0
  expect 7 crashed
  local text
  text=$(every_trace)
  refute_contains "$text" marker-
  [[ $text == *'connecting with ***'* ]]
  [[ $text == *'hook says *** and ***'* ]]
  [[ $text == *'login ***'* ]]
  echo "pull failed for puller:registry-marker-3" >"$WORLD/fail/pull"
  deploy v2.0.0
  expect 5
  refute_contains "$(every_trace)" marker-
}

@test "2-20 what a check of the owner prints is told with its secrets masked" {
  mkdir "$ROOT/checks"
  printf '#!/bin/sh\nprintf "%%0190d:hunter2-marker-1\\033[2J\\nquoted-marker-2"\nexit 1\n' >"$ROOT/checks/database"
  chmod +x "$ROOT/checks/database"
  echo "CHECKS=$ROOT/checks" >>"$ROOT/etc/dayfly/apps/shop.env"
  ask diagnostics
  [ "$(said '.checks[] | select(.name == "database") | .ok')" = false ]
  [[ $(said '.checks[] | select(.name == "database") | .text') == *'0:*** [2J' ]]
  refute_contains "$output" hunter2
  refute_contains "$output" marker
}

@test "2-20 no secret is on a command line or in a call of docker or curl" {
  deploy v1.0.0
  refute_contains "$(cat "$WORLD/calls")" marker
}

@test "2-20 the scripts neither trace themselves nor print their environment" {
  run grep -rnE 'set -[a-z]*x|printenv|declare -p|export -p' "$REPO/target-host"
  [ "$status" -eq 1 ]
}

@test "a program's line with control characters or a forged time stays recognisable as its own" {
  printf '\033[2J2026-01-01T00:00:00Z healthy after 1 tries\r\n' >"$WORLD/container.log"
  deploy v1.0.0
  grep -q '^|  \[2J2026-01-01T00:00:00Z healthy' "$ROOT/var/log/dayfly/shop/prod/$(deploy_id 1).log"
  [ "$(grep -c '^2026-01-01' "$ROOT/var/log/dayfly/shop/prod/$(deploy_id 1).log")" -eq 0 ]
}

@test "a log is bounded, and the newest twenty are kept" {
  head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 100 >"$WORLD/container.log"
  deploy v1.0.0
  [ "$(stat -c %s "$ROOT/var/log/dayfly/shop/prod/$(deploy_id 1).log")" -lt 1200000 ]
  local n
  for ((n = 0; n < 25; n++)); do : >"$ROOT/var/log/dayfly/shop/prod/$n.log"; done
  deploy v1.0.0
  [ "$(find "$ROOT/var/log/dayfly/shop/prod" -name '*.log' | wc -l)" -eq 20 ]
}

@test "a log that cannot be written any more ends no deploy: it is undone all the same" {
  edit_image v1.0.0 '.does = "ok"'
  deploy v1.0.0
  expect 0
  printf '#!/bin/sh\nlog=%s\nrm "$log"\nmkdir "$log"\n' "$ROOT/var/log/dayfly/shop/prod/$(deploy_id 2).log" >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  echo "PRE_DEPLOY=$ROOT/hook" >>"$ROOT/etc/dayfly/apps/shop.env"
  image 2 v2.0.0 unhealthy
  deploy v2.0.0
  expect 1 unhealthy
  [ "$(running)" = "$(commit 1)" ]
  records_are_true
}

@test "the result line stays below 2,000 bytes whatever the log says" {
  yes '"\"\\ "' | head -n 300 >"$WORLD/container.log"
  deploy v1.0.0
  expect 7
  [ "$(wc -c <<<"$output")" -le 2001 ]
}
