#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "a value is read with a token of its own" {
  run "$lib/metadata.sh" iam/security-credentials/
  [ "$status" -eq 0 ]
  [ "$output" = role-of-the-machine ]
}

@test "the token stands on no command line" {
  "$lib/metadata.sh" iam/security-credentials/
  run grep -c IMDS-TOKEN "$FAKES/curl.args"
  [ "$output" = 0 ]
}

@test "neither the token nor the value is waited for without end" {
  "$lib/metadata.sh" iam/security-credentials/
  [ "$(grep -cE -- '--max-time [0-9]+ ' "$FAKES/curl.args")" -eq 2 ]
}

@test "a value that is not there is told from a service that is not there" {
  run "$lib/metadata.sh" spot/instance-action
  [ "$status" -eq 4 ]
  touch "$FAKES/no-metadata"
  run "$lib/metadata.sh" spot/instance-action
  [ "$status" -ne 0 ]
  [ "$status" -ne 4 ]
}
