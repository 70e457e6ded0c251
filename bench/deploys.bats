#!/usr/bin/env bats
# How much longer a good deploy takes than `compose up` of the same image by hand: `npm run test:docker -- bench/deploys.bats`.

setup() {
  load ../test/docker/target.bash
  make_docker_target
  printf 'PATH=%s\n' "$PATH" >"$ROOT/etc/dayfly/target.env" # no gates: both sides call the same programs
}

teardown() {
  clean_up
}

# took COMMAND...: TOOK becomes its milliseconds, WORKED those of processor time of this computer's side of it (the engine's own are in both).
# No shell of its own: what it sets is wanted.
took() {
  local from=${EPOCHREALTIME/./} before
  before=$(processor_ms)
  "$@"
  TOOK=$(((${EPOCHREALTIME/./} - from) / 1000))
  WORKED=$(($(processor_ms) - before))
}

# Of all children that have ended: fields 16 and 17 of proc(5)'s stat, in hundredths of a second.
processor_ms() {
  local stat
  read -ra stat </proc/$$/stat
  printf %s "$(((stat[15] + stat[16]) * 10))"
}

# What a person types: fetch it, bring it up.
by_hand() {
  docker pull -q "$REGISTRY/$NAME:$1"
  IMAGE=$REGISTRY/$NAME:$1 COMMIT=- docker-compose -p shop_prod -f "$ROOT/compose.yaml" up -d
}

@test "a good deploy beside compose up by hand: wall clock, and processor time of this side" {
  local round hand worked
  image 1 v1.0.0
  deploy v1.0.0
  for round in 2 4 6; do
    image "$round" "v$round.0.0"
    image "$((round + 1))" "v$((round + 1)).0.0"
    took by_hand "v$round.0.0"
    hand=$TOOK worked=$WORKED
    [ "$(running)" = "$(commit "$round")" ]
    took deploy "v$((round + 1)).0.0"
    expect 0 deployed
    echo "# by hand $hand ms ($worked worked), by deployctl $TOOK ms ($WORKED worked): $((TOOK * 100 / hand)) %, $((WORKED - worked)) ms of work more" >&3
    echo "# phases of deployctl: $(said '.phases | tojson')" >&3
  done
}
