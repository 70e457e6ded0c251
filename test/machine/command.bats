#!/usr/bin/env bats

load world.bash
setup() { make_world; }
teardown() { end_world; }

@test "the dayfly command comes from the stack, ready to run" {
  run "$lib/command.sh"
  [ "$status" -eq 0 ]
  [ "$(cat "$DAYFLY_BIN/dayfly")" = '#!/usr/bin/env node' ]
  [ "$(stat -c %a "$DAYFLY_BIN/dayfly")" = 755 ]
  [ "$(cat "$FAKES/api.calls")" = 'command {}' ]
}

@test "it is asked for again while the stack has no answer" {
  rm "$FAKES/replies.command"
  reply command 503 '{"error":"later"}'
  reply command 200 '#!/usr/bin/env node'
  run "$lib/command.sh"
  [[ "$output" == *'status 503, try 1'* ]]
  [ -x "$DAYFLY_BIN/dayfly" ]
}

@test "what is no program is not installed, and the machine goes on" {
  rm "$FAKES/replies.command"
  reply command 200 '<html>a proxy</html>'
  run "$lib/command.sh"
  [ "$status" -eq 0 ]
  [[ "$output" == *'Skipped the dayfly command'* ]]
  refute test -e "$DAYFLY_BIN/dayfly"
}

@test "a network that is gone does not keep a machine from its job" {
  touch "$FAKES/no-network"
  run "$lib/command.sh"
  [ "$status" -eq 0 ]
  [[ "$output" == *'Skipped the dayfly command'* ]]
}
