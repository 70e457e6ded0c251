#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "a won claim is kept in a file that only root can read" {
  reply claim 200 "$(claim_of gitea)"
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 0 ]
  [ "$(stat -c %a "$DAYFLY_RUN/claim.json")" = 600 ]
  [ "$(jq -r .runKey "$DAYFLY_RUN/claim.json")" = r1 ]
  [ "$(cat "$FAKES/api.calls")" = 'claim {"bootId":"boot-1"}' ]
}

@test "what it says holds no secret of the answer" {
  reply claim 200 "$(claim_of gitea)"
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [[ "$output" != *SECRET* ]]
}

@test "an instance that is not visible yet comes again" {
  reply claim 503 '{"error":"not-visible"}'
  reply claim 503 '{"error":"not-visible"}'
  reply claim 200 "$(claim_of gitea)"
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 0 ]
  [ "$(wc -l <"$FAKES/api.calls")" -eq 3 ]
}

@test "a refused claim is final" {
  reply claim 409 '{"error":"superseded","text":"every run has a machine"}'
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 3 ]
  [ "$(wc -l <"$FAKES/api.calls")" -eq 1 ]
  [[ "$output" == *superseded* ]]
}

@test "a forbidden claim is believed after five tries: a young clock signs wrongly" {
  reply claim 403 '{"message":"Forbidden"}'
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 3 ]
  [ "$(wc -l <"$FAKES/api.calls")" -eq 5 ]
}

@test "a network that is gone ends the wait at the boot limit" {
  touch "$FAKES/no-network"
  DAYFLY_BOOT_MINUTES=0 run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 1 ]
  [[ "$output" == *"Nobody answered"* ]]
}

@test "hostile text of an answer is printed as one plain line" {
  reply claim 409 "$(printf '{"error":"\033[31m$(touch %s/pwned)`id`"}' "$world")"
  run "$lib/claim.sh" boot-1 "$DAYFLY_RUN/claim.json"
  [ "$status" -eq 3 ]
  [ ! -e "$world/pwned" ]
  [[ "$output" != *$'\033'* ]]
}
