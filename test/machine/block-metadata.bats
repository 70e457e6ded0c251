#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  # The rule is not there yet; listing and inserting succeed.
  for tool in iptables ip6tables; do
    mkdir -p "$world/bin"
    printf '#!/usr/bin/env bash\necho "%s $*" >>"$FAKES/calls"\ncase "$*" in *" -C "*) [ -e "$FAKES/rules-exist" ] ;; *"-nL DOCKER-USER"*) [ ! -e "$FAKES/no-docker-chain" ] ;; esac\n' "$tool" >"$world/bin/$tool"
    chmod +x "$world/bin/$tool"
  done
  PATH="$world/bin:$PATH"
}
teardown() { end_world; }

@test "every user but root, and containers, are kept from the metadata service" {
  run "$lib/block-metadata.sh"
  [ "$status" -eq 0 ]
  grep -q 'iptables -w -I OUTPUT -d 169.254.169.254 -m owner ! --uid-owner 0 -j REJECT' "$FAKES/calls"
  grep -q 'iptables -w -I DOCKER-USER -d 169.254.169.254 -j REJECT' "$FAKES/calls"
  grep -q 'ip6tables -w -I OUTPUT -d fd00:ec2::254' "$FAKES/calls"
}

@test "running it twice is harmless" {
  touch "$FAKES/rules-exist"
  run "$lib/block-metadata.sh"
  refute grep -q ' -I ' "$FAKES/calls"
}

@test "without Docker's chain it says so" {
  touch "$FAKES/no-docker-chain"
  run "$lib/block-metadata.sh"
  [ "$status" -eq 0 ]
  [[ "$output" == *"no chain DOCKER-USER"* ]]
  refute grep -q -- '-I DOCKER-USER' "$FAKES/calls"
}

@test "without iptables it says so" {
  PATH=/nowhere run /bin/bash "$lib/block-metadata.sh"
  [ "$status" -eq 0 ]
  [[ "$output" == *"no iptables"* ]]
}
