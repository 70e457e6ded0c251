#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  mkdir -p "$world/bin" "$DAYFLY_OPT/actions-runner/bin"
  for tool in docker git go node; do make_tool "$tool" ''; done
  make_tool curl 'echo "     --aws-sigv4 <provider>"'
  make_tool id 'echo "runner docker"'
  # shellcheck source=runner-ami/versions.env
  source "$repo/runner-ami/versions.env"
  runner_does "echo act_runner version v$ACT_RUNNER_VERSION"
  cp "$DAYFLY_OPT/act_runner" "$world/keep"
  printf '#!/bin/sh\necho %s\n' "$ACTIONS_RUNNER_VERSION" >"$DAYFLY_OPT/actions-runner/bin/Runner.Listener"
  chmod +x "$DAYFLY_OPT/actions-runner/bin/Runner.Listener"
  PATH="$world/bin:$PATH"
}
teardown() { end_world; }

make_tool() {
  printf '#!/bin/sh\n%s\n' "$2" >"$world/bin/$1"
  chmod +x "$world/bin/$1"
}

@test "5-08 a complete image passes" {
  run "$repo/runner-ami/check.sh"
  [ "$status" -eq 0 ]
  [[ "$output" != *FAILED* ]]
}

@test "an older runner fails by its name" {
  runner_does 'echo act_runner version v0.2.10'
  run "$repo/runner-ami/check.sh"
  [ "$status" -eq 1 ]
  [[ "$output" == *"FAILED  act_runner is"* ]]
}

@test "a curl that cannot sign fails" {
  make_tool curl 'echo "     --user"'
  run "$repo/runner-ami/check.sh"
  [ "$status" -eq 1 ]
  [[ "$output" == *"FAILED  curl signs for AWS"* ]]
}

@test "a user without docker fails" {
  make_tool id 'echo runner'
  run "$repo/runner-ami/check.sh"
  [ "$status" -eq 1 ]
  [[ "$output" == *"FAILED  user runner may use docker"* ]]
}

@test "a runner of a forge that is not configured is not asked for" {
  rm "$DAYFLY_OPT/actions-runner/bin/Runner.Listener"
  DAYFLY_RUNNERS=gitea run "$repo/runner-ami/check.sh"
  [ "$status" -eq 0 ]
}
