#!/usr/bin/env bats
# 0-35: a host elsewhere joins Systems Manager, with fakes of Amazon's download, installer and agent: every way in which that fails ends
# with a sentence, without the code in any output, and with nothing left of what was fetched.

setup() {
  load deployctl.bash
  ROOT=$BATS_TEST_TMPDIR/host
  WORLD=$ROOT/world
  mkdir -p "$ROOT/fakes" "$ROOT/tmp" "$WORLD" "$ROOT/var/lib/amazon/ssm"
  make_fakes
}

# The download: world/network says what curl ends with. What it fetches is an installer that knows one good code.
make_fakes() {
  cat >"$ROOT/fakes/curl" <<'END'
#!/usr/bin/env bash
WORLD=$(cd -- "$(dirname -- "$0")/.." && pwd)/world
printf 'curl %s proxy=%s\n' "$*" "${https_proxy:-}" >>"$WORLD/calls"
[[ ! -e $WORLD/network ]] || { echo 'curl: (6) Could not resolve host' >&2 && exit "$(cat "$WORLD/network")"; }
while [[ $1 != -o ]]; do shift; done
cp "$WORLD/installer" "$2"
END
  cat >"$WORLD/installer" <<END
#!/usr/bin/env bash
printf 'installer %s proxy=%s\n' "\$*" "\${https_proxy:-}" >>$WORLD/installed
[[ "\$*" == "-register -activation-id id-1 -activation-code good-marker -region eu-west-3" ]] ||
  { echo "RegistrationFailed: activation \$5 is not valid" >&2 && exit 1; }
[[ ! -e $WORLD/expired ]] || { echo "ActivationExpired: \$5" >&2 && exit 1; }
echo registered >$ROOT/var/lib/amazon/ssm/registration
echo "Successfully registered with \$5"
END
  cat >"$ROOT/fakes/systemctl" <<'END'
#!/usr/bin/env bash
WORLD=$(cd -- "$(dirname -- "$0")/.." && pwd)/world
printf 'systemctl %s\n' "$*" >>"$WORLD/calls"
[[ $* != *is-active* || -e $WORLD/active ]]
END
  printf '#!/bin/sh\necho x86_64\n' >"$ROOT/fakes/uname"
  chmod +x "$ROOT"/fakes/*
  : >"$WORLD/calls"
}

# join [NAME=value...]: as the head of the made script does it, with the host's folders moved below ours.
join() {
  sed -e "s|/var/lib/amazon|$ROOT&|g" -e "s|/etc/systemd|$ROOT&|g" "$REPO/target-host/join.sh" >"$BATS_TEST_TMPDIR/join.sh"
  run --separate-stderr env TMPDIR="$ROOT/tmp" PATH="$ROOT/fakes:$PATH" ACTIVATION_ID=id-1 ACTIVATION_CODE=good-marker REGION=eu-west-3 PROXY= \
    "$@" bash -Eeuo pipefail -c 'source "$1"; echo went-on' join "$BATS_TEST_TMPDIR/join.sh"
}

# Nothing that was fetched stays, and no code stands in what was said or in any other call.
left_clean() {
  [ -z "$(ls -A "$ROOT/tmp")" ]
  refute_contains "$output$stderr$(cat "$WORLD/calls")" marker
}

# failed TEXT: it ended, installed nothing after it, and said why.
failed() {
  [ "$status" -ne 0 ]
  [[ $output$stderr == *"$1"* ]]
  [[ $output != *went-on* ]]
  left_clean
}

@test "0-35 a good activation registers the host, from Amazon's own address over https" {
  join
  [ "$status" -eq 0 ]
  [[ $output == *'registered with Systems Manager'*went-on ]]
  grep -qF -- "--proto =https" "$WORLD/calls"
  grep -qF 'https://amazon-ssm-eu-west-3.s3.eu-west-3.amazonaws.com/latest/linux_amd64/ssm-setup-cli' "$WORLD/calls"
  left_clean
}

@test "0-35 a host that is registered and whose agent runs keeps its registration" {
  echo registered >"$ROOT/var/lib/amazon/ssm/registration"
  : >"$WORLD/active"
  join
  [ "$status" -eq 0 ]
  [[ $output == *'registered already'*went-on ]]
  [ ! -e "$WORLD/installed" ]
}

@test "0-35 a registration whose agent does not run is made anew" {
  echo registered >"$ROOT/var/lib/amazon/ssm/registration"
  join
  [ "$status" -eq 0 ]
  [ -s "$WORLD/installed" ]
}

@test "0-35 a wrong code ends the script, and is not repeated though the installer does" {
  join ACTIVATION_CODE=wrong-marker
  failed 'RegistrationFailed: activation *** is not valid'
}

@test "0-35 an activation that has expired, or was used, ends the script" {
  : >"$WORLD/expired"
  join
  failed 'ActivationExpired: ***'
}

@test "0-35 without a way out nothing is run and nothing stays" {
  local code
  for code in 6 7 28 60; do
    echo "$code" >"$WORLD/network"
    join
    failed 'Could not resolve host'
    [ ! -e "$WORLD/installed" ]
  done
}

@test "0-35 a processor for which there is no agent ends it before anything is fetched" {
  printf '#!/bin/sh\necho riscv64\n' >"$ROOT/fakes/uname"
  join
  failed 'no agent for riscv64'
  [ "$(grep -c ^curl "$WORLD/calls")" -eq 0 ]
}

@test "0-35 a proxy is used for the download, the installer and the agent, in a file that root alone reads" {
  join PROXY=http://user:secret@10.0.0.1:3128
  [ "$status" -eq 0 ]
  grep -q '^curl .*proxy=http://user:secret@10.0.0.1:3128$' "$WORLD/calls"
  grep -q 'proxy=http://user:secret@10.0.0.1:3128$' "$WORLD/installed"
  local conf=$ROOT/etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf
  [ "$(stat -c %a "$conf")" = 600 ]
  grep -qF '"https_proxy=http://user:secret@10.0.0.1:3128" "no_proxy=169.254.169.254"' "$conf"
  refute_contains "$output$stderr" secret
}

@test "0-35 a value that is missing ends it at once" {
  local name
  for name in ACTIVATION_ID ACTIVATION_CODE REGION; do
    join "$name="
    [ "$status" -ne 0 ]
    [ ! -s "$WORLD/calls" ]
  done
}

@test "0-35 read from stdin, as by ssh, the script is read to its end though an installer reads stdin too" {
  printf '#!/bin/sh\ncat >/dev/null\n' >"$WORLD/installer"
  {
    echo 'set -Eeuo pipefail'
    sed -e "s|/var/lib/amazon|$ROOT&|g" -e "s|/etc/systemd|$ROOT&|g" "$REPO/target-host/join.sh"
    echo 'echo went-on'
  } >"$BATS_TEST_TMPDIR/join.sh"
  run env TMPDIR="$ROOT/tmp" PATH="$ROOT/fakes:$PATH" ACTIVATION_ID=id-1 ACTIVATION_CODE=good-marker REGION=eu-west-3 PROXY= \
    bash -s <"$BATS_TEST_TMPDIR/join.sh"
  [ "$status" -eq 0 ]
  [[ $output == *went-on ]]
}
