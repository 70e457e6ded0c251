#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "a report names boot, cause and code" {
  run "$lib/report.sh" <<<'boot-1 job-done 0'
  [ "$status" -eq 0 ]
  [ "$(cat "$FAKES/api.calls")" = 'exit {"bootId":"boot-1","cause":"job-done","code":0}' ]
}

@test "a report that does not arrive is tried three times and then let go" {
  rm "$FAKES/replies.exit"
  reply exit 503
  run "$lib/report.sh" <<<'boot-1 job-done 0'
  [ "$status" -eq 0 ]
  [ "$(wc -l <"$FAKES/api.calls")" -eq 3 ]
  [[ "$output" == *"never arrived"* ]]
}

@test "a report without a network is let go" {
  touch "$FAKES/no-network"
  run "$lib/report.sh" <<<'boot-1 job-done 0'
  [ "$status" -eq 0 ]
}

@test "a refused report is not repeated" {
  rm "$FAKES/replies.exit"
  reply exit 409 '{"error":"other-boot"}'
  run "$lib/report.sh" <<<'boot-1 job-done 0'
  [ "$(wc -l <"$FAKES/api.calls")" -eq 1 ]
}
