#!/usr/bin/env bats
# The other files give every variable a place of their own; a real machine has only machine.env.

load world.bash
setup() { make_world; }
teardown() { end_world; }

# Variables that a script reads without giving them a value itself.
taken() { # script
  local name
  grep -v '^ *#' "$1" | grep -oE 'DAYFLY_[A-Z_]+' | sort -u | while read -r name; do
    grep -qE "\\$\{$name:[=?-]|export .*$name=" "$1" || echo "$name"
  done
}

@test "what a script needs is in machine.env, or the script itself knows where it lies on a machine" {
  local script name written
  written=$(grep -oE '^DAYFLY_[A-Z_]+=' "$repo/lib/stack/user-data.ts" | tr -d =)
  for script in "$lib"/*.sh "$repo/runner-ami/install/install.sh" "$repo/runner-ami/check.sh"; do
    for name in $(taken "$script"); do
      grep -qx "$name" <<<"$written" || { echo "$(basename "$script"): $name" >&2 && return 1; }
    done
  done
}

service() {
  grep -v '^#' "$repo/runner-ami/rootfs/etc/systemd/system/dayfly-machine.service"
}

@test "the machine's service starts after Docker where the image has it, so that its chain for containers is there to be closed" {
  service | grep -qE '^After=.*\bdocker\.service\b'
}

@test "1-09 whatever becomes of the machine's service, the machine goes" {
  service | grep -qx 'OnFailure=poweroff.target'
  service | grep -qx 'OnSuccess=poweroff.target'
}

@test "a job that takes too much memory loses one process, and not its machine" {
  service | grep -qx 'OOMPolicy=continue'
}
