#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "5-06 Gitea's runner finds its registration in a file of its own" {
  claim_of gitea >"$world/claim.json"
  runner_does 'cat "$HOME/.runner"; echo "$@"; echo "level=info msg=\"task 42 repo is acme/shop https://gitea.com\""'
  run "$lib/run-gitea.sh" "$world/claim.json" "$world/started"
  [ "$status" -eq 0 ]
  [[ "$output" == *'"token":"SECRET-REGISTRATION"'* ]]
  [[ "$output" == *'daemon --once'* ]]
  [ "$(stat -c %a "$DAYFLY_HOME/.runner")" = 600 ]
  grep -qE '^runuser -u runner -- .*/act_runner daemon' "$FAKES/calls"
  [ -e "$world/started" ]
}

@test "Gitea's runner without a job makes no mark" {
  claim_of gitea >"$world/claim.json"
  runner_does 'echo "level=info msg=\"runner: ready\""'
  run "$lib/run-gitea.sh" "$world/claim.json" "$world/started"
  [ ! -e "$world/started" ]
}

@test "Gitea's runner's exit code is handed on" {
  claim_of gitea >"$world/claim.json"
  runner_does 'exit 7'
  run "$lib/run-gitea.sh" "$world/claim.json" "$world/started"
  [ "$status" -eq 7 ]
}

@test "5-06 GitHub's runner gets its configuration by environment, never by argument" {
  claim_of github >"$world/claim.json"
  runner_does 'echo "args=$* jit=$ACTIONS_RUNNER_INPUT_JITCONFIG"; "$ACTIONS_RUNNER_HOOK_JOB_STARTED"'
  run "$lib/run-github.sh" "$world/claim.json" "$world/started"
  [ "$status" -eq 0 ]
  [[ "$output" == *'args= jit=SECRET-REGISTRATION'* ]]
  refute grep -q SECRET "$FAKES/calls"
  grep -qE '^runuser -u runner .*-- ./run.sh$' "$FAKES/calls"
  [ -e "$world/started" ]
}

@test "a claim without a registration of its kind is an error" {
  echo '{"registration":{"kind":"gitea"}}' >"$world/claim.json"
  runner_does 'echo ran'
  run "$lib/run-gitea.sh" "$world/claim.json" "$world/started"
  [ "$status" -ne 0 ]
  [[ "$output" != *ran* ]]
  run "$lib/run-github.sh" "$world/claim.json" "$world/started"
  [ "$status" -ne 0 ]
  [[ "$output" != *ran* ]]
}

@test "hostile text in a registration reaches the runner as it is, and no shell" {
  local evil="\$(touch $world/pwned)\`touch $world/pwned\`; touch $world/pwned #'\"\\"
  claim_of github | jq -c --arg evil "$evil" '.registration.jitConfig=$evil | .registration.runnerFile=$evil' >"$world/claim.json"
  runner_does 'printf "jit=%s\n" "$ACTIONS_RUNNER_INPUT_JITCONFIG"; cat "$HOME/.runner" 2>/dev/null'
  run "$lib/run-github.sh" "$world/claim.json" "$world/started"
  [[ "$output" == *"jit=$evil"* ]]
  run "$lib/run-gitea.sh" "$world/claim.json" "$world/started"
  [[ "$output" == *"$evil"* ]]
  [ ! -e "$world/pwned" ]
}

@test "the hook of GitHub's runner makes its mark, and fails without one" {
  DAYFLY_JOB_STARTED="$world/started" run "$lib/job-started.sh"
  [ "$status" -eq 0 ]
  [ -e "$world/started" ]
  DAYFLY_JOB_STARTED='' run "$lib/job-started.sh"
  [ "$status" -ne 0 ]
}
