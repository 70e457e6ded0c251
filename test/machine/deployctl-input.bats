#!/usr/bin/env bats
# What deployctl refuses before it touches anything.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 sha-0000000
  deploy v1.0.0 DEPLOY_APP=other # a first line, and no folder
}

@test "2-06 every tag outside the grammar exits 2, writes no file and calls no docker" {
  local tag
  for tag in '' ' ' sha-ABCDEF0 sha-123456 sha-12345678 sha- Latest mains v1 v1.2 1.2.3.4 01.2.3 v1.2.3-rc1 HEAD master; do
    nothing_changed deploy "$tag"
    expect 2 bad-tag
  done
}

@test "2-07 injection strings in any value exit 2 and are not repeated" {
  local text name
  for text in ';reboot' '$(touch x)' $'v1.0.0\nreboot' '"v1"' "'v1'" 'v1 .0' '-v1.0.0' '--help' '`id`' '../etc' 'v1.0.0 ' '*' $'\x1b[31m' '{{ tag }}'; do
    for name in APP ENV TAG DIGEST COMMIT ID FENCE NOT_AFTER MODE; do
      nothing_changed deploy v1.0.0 "DEPLOY_$name=$text"
      expect 2
      refute_contains "$output$stderr" "$text"
    done
  done
  [ ! -e x ]
}

@test "a tag of every form of the grammar passes it" {
  local tag
  for tag in sha-0123abc latest main v1.2.3 1.2.3 v0.0.0 10.20.30; do
    deploy "$tag"
    expect 5 image-missing
  done
}

@test "9: a value that is not set at all ends the run, whichever it is" {
  local name
  for name in APP ENV TAG DIGEST COMMIT ID FENCE NOT_AFTER MODE; do
    nothing_changed ask deploy DEPLOY_TAG=v1.0.0 env -u "DEPLOY_$name"
    expect 9 parameter-missing
    [[ $(said .text) == "DEPLOY_$name "* ]]
  done
}

@test "9: an SSM agent too old to set variables gets no deploy" {
  run --separate-stderr env SSM_op=deploy SSM_app=shop "$DEPLOYCTL" ssm deploy
  expect 9 parameter-missing
  run --separate-stderr "$DEPLOYCTL" ssm inspect
  expect 9
}

@test "SSM variables deploy as the others do, and only the verbs of their document" {
  local values=(SSM_app=shop SSM_env=prod SSM_tag=sha-0000000 SSM_digest=- SSM_commit=- "SSM_id=$(deploy_id 9)" SSM_fence=9 "SSM_not_after=$(($(date +%s) + 600))" SSM_mode=normal SSM_bundle=-)
  image 1 v2.0.0
  run --separate-stderr env "${values[@]}" SSM_tag=v2.0.0 SSM_op=deploy SSM_COMMAND_ID=11111111-2222-3333-4444-555555555555 "$DEPLOYCTL" ssm deploy
  expect 0
  [ "$(said .ssm_command_id)" = 11111111-2222-3333-4444-555555555555 ]
  run --separate-stderr env "${values[@]}" SSM_op=status "$DEPLOYCTL" ssm deploy
  expect 2
  run --separate-stderr env "${values[@]}" "SSM_id=$(deploy_id 10)" SSM_tag=- SSM_op=deploy "$DEPLOYCTL" ssm deploy
  expect 2 bad-tag
  run --separate-stderr env "${values[@]}" "SSM_id=$(deploy_id 11)" SSM_tag=v2.0.0 SSM_bundle=file:///etc/shadow SSM_op=deploy "$DEPLOYCTL" ssm deploy
  expect 2 bad-bundle
  run --separate-stderr env "${values[@]}" SSM_verb=deploy "$DEPLOYCTL" ssm inspect
  expect 2
  run --separate-stderr env "${values[@]}" SSM_verb=status "$DEPLOYCTL" ssm inspect
  expect 0
}

@test "2-05 a person deploys by hand with operands, under the same grammar" {
  image 1 v2.0.0
  run --separate-stderr "$DEPLOYCTL" deploy shop prod v2.0.0
  expect 0
  [ "$(running)" = "$(commit 1)" ]
  run --separate-stderr "$DEPLOYCTL" deploy shop prod 'v2.0.0;id'
  expect 2
  run --separate-stderr "$DEPLOYCTL" deploy shop
  expect 2
  run --separate-stderr "$DEPLOYCTL" frobnicate
  expect 2
  run --separate-stderr "$DEPLOYCTL"
  expect 2
}

@test "3-05 8: an app, or an environment of it, that this host does not serve, is refused by its name" {
  nothing_changed deploy v1.0.0 DEPLOY_APP=unknown
  expect 8 app-unknown
  [[ $(said .text) == *unknown ]]
  nothing_changed deploy v1.0.0 DEPLOY_ENV=staging
  expect 8 environment-forbidden
  deploy v1.0.0 DEPLOY_ENV=pr-7
  expect 5
  sed -i 's/^ENVIRONMENTS=.*/ENVIRONMENTS=pr-1/' "$ROOT/etc/dayfly/apps/shop.env"
  nothing_changed deploy v1.0.0 DEPLOY_ENV=pr-12
  expect 8 environment-forbidden
}

@test "6: a wrong line of the app's file is named and nothing begins" {
  local line
  for line in NONSENSE 'COLOUR=red' 'IMAGE="registry.test/shop"' 'HEALTH_TRIES=many' 'HEALTH_URL=http://10.0.0.1/healthz' \
    'KIND=magic' 'SERVICES=$(id)' 'PRE_DEPLOY=relative.sh' 'IMAGE=shop:latest' 'DEADLINE_SECONDS=80' 'VERSION_URL=file:///etc/passwd'; do
    compose_app
    printf '%s\n' "$line" >>"$ROOT/etc/dayfly/apps/shop.env"
    deploy v1.0.0
    expect 6 config-invalid
  done
  [ ! -s "$WORLD/calls" ]
}

@test "a line that would be a command in a shell is only text" {
  printf 'PROJECT=$(touch %s/owned)\n' "$BATS_TEST_TMPDIR" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v1.0.0
  [ ! -e "$BATS_TEST_TMPDIR/owned" ]
}

@test "6: without jq there is a line all the same" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  local tool
  for tool in bash env readlink date dirname cat sha256sum id; do ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/"; done
  printf 'PATH=%s\n' "$BATS_TEST_TMPDIR/bin" >"$ROOT/etc/dayfly/target.env"
  run --separate-stderr "$DEPLOYCTL" deploy shop prod v1.0.0
  expect 6 jq-missing
}
