# Shared by the bats files of this folder: a machine whose commands are fakes and whose folders are the test's own.
# shellcheck shell=bash

make_world() {
  repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  lib="$repo/runner-ami/rootfs/usr/local/lib/dayfly"
  world=$(mktemp -d)
  export FAKES="$world/fakes" DAYFLY_LIB="$lib" DAYFLY_ETC="$world/etc" DAYFLY_RUN="$world/run" DAYFLY_STATE="$world/state"
  export DAYFLY_BOOT_ID="$world/boot_id" DAYFLY_OPT="$world/opt" DAYFLY_HOME="$world/home"
  export DAYFLY_API=https://api.example.com DAYFLY_REGION=eu-test-1 DAYFLY_BOOT_MINUTES=1
  export DAYFLY_BIN="$world/bin" DAYFLY_COMMAND_PAUSE=0.05
  export DAYFLY_CLAIM_PAUSE=0.05 DAYFLY_WATCH_PAUSE=0.05 DAYFLY_REPORT_PAUSE=0.05 DAYFLY_APT_PAUSE=0.05
  mkdir -p "$FAKES/metadata" "$DAYFLY_ETC/install" "$DAYFLY_RUN" "$DAYFLY_STATE" "$DAYFLY_OPT/actions-runner" "$DAYFLY_HOME" "$DAYFLY_BIN"
  : >"$FAKES/calls"
  : >"$FAKES/api.calls"
  export PATH="$BATS_TEST_DIRNAME/fakes:$PATH"
  echo 11111111-1111-1111-1111-111111111111 >"$DAYFLY_BOOT_ID"
  echo role-of-the-machine >"$FAKES/metadata/iam_security-credentials_"
  cat >"$FAKES/metadata/iam_security-credentials_role-of-the-machine" <<'KEYS'
{
  "Code" : "Success",
  "AccessKeyId" : "ASIAFAKE",
  "SecretAccessKey" : "se\/cret+key/=",
  "Token" : "session-token==",
  "Expiration" : "2026-01-01T06:00:00Z"
}
KEYS
  reply exit 204
  reply command 200 '#!/usr/bin/env node'
}

# The next answers of the runner API: reply claim 200 '{…}'; the last one stays.
reply() {
  echo "$2 ${3:-}" >>"$FAKES/replies.$1"
}

claim_of() { # kind [deadline]
  local deadline=${2:-$(date -u -d '+20 minutes' +%FT%TZ)}
  printf '{"runKey":"r1","attempt":1,"runner":"dayfly-i-1-1","url":"https://git.example.com","labels":["small"],'
  printf '"registration":{"kind":"%s","runnerId":"7","runnerFile":"{\\"id\\":7,\\"token\\":\\"SECRET-REGISTRATION\\"}","jitConfig":"SECRET-REGISTRATION"},' "$1"
  printf '"idleSeconds":%s,"deadline":"%s","machineToken":"SECRET-TOKEN"}' "${IDLE_SECONDS:-60}" "$deadline"
}

# What the runner does: a bash script.
runner_does() {
  printf '#!/usr/bin/env bash\n%s\n' "$1" | tee "$DAYFLY_OPT/act_runner" >"$DAYFLY_OPT/actions-runner/run.sh"
  chmod +x "$DAYFLY_OPT/act_runner" "$DAYFLY_OPT/actions-runner/run.sh"
}

# wait_until COMMAND...: longer than any computer needs; only what is broken is never true.
wait_until() {
  local tries=0
  until "$@"; do
    ((tries++ < 1200)) || { echo "never true: $*" && return 1; }
    sleep 0.1
  done
}

# gone PID: ended, and nobody waits to learn of it.
gone() { ! kill -0 "$1" 2>/dev/null; }

end_world() {
  rm -rf "$world"
}

# `!` alone does not fail a test.
refute() {
  if "$@"; then
    echo "expected to fail: $*"
    return 1
  fi
}
