#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "6-03 keys, session token and body go by stdin, none stands on a command line" {
  reply claim 200 '{"ok":true}'
  run "$lib/call.sh" /runner/claim <<<'{"bootId":"b"}'
  [ "$status" -eq 0 ]
  grep -q 'aws-sigv4 = "aws:amz:eu-test-1:execute-api"' "$FAKES/api.config"
  grep -q 'X-Amz-Security-Token: session-token==' "$FAKES/api.config"
  grep -qF 'data = "{\"bootId\":\"b\"}"' "$FAKES/api.config"
  refute grep -qE 'cret|ASIAFAKE|session-token|bootId' "$FAKES/curl.args"
}

@test "no call waits without end" {
  run "$lib/call.sh" /runner/claim <<<'{}'
  [ -s "$FAKES/curl.args" ]
  refute grep -vE -- '--max-time [0-9]+ ' "$FAKES/curl.args"
}

@test "the answer comes with its status on the last line" {
  reply claim 409 '{"error":"taken"}'
  run "$lib/call.sh" /runner/claim <<<'{}'
  [ "${lines[0]}" = '{"error":"taken"}' ]
  [ "${lines[1]}" = 409 ]
}

@test "a network that is gone is status 000" {
  touch "$FAKES/no-network"
  run "$lib/call.sh" /runner/claim <<<'{}'
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = 000 ]
}

@test "a body full of quotes, backslashes and line ends stays one value" {
  reply claim 200 '{}'
  run "$lib/call.sh" /runner/claim <<<$'{"a":"x\\"y\\\\z"}\nurl = "https://evil.example.com/"'
  [ "$status" -eq 0 ]
  [ "$(grep -c '^url = ' "$FAKES/api.config")" -eq 1 ]
  grep -q '^url = "https://api.example.com/runner/claim"$' "$FAKES/api.config"
}

@test "without keys it fails" {
  rm "$FAKES/metadata/iam_security-credentials_"
  run "$lib/call.sh" /runner/claim <<<'{}'
  [ "$status" -ne 0 ]
  [ ! -e "$FAKES/api.config" ]
}
