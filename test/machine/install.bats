#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  rmdir "$DAYFLY_OPT/actions-runner"
  cp -r "$repo/runner-ami/install" "$world/install"
  mkdir -p "$world/empty"
  export DAYFLY_OS_RELEASE="$world/os-release"
  printf 'NAME="Amazon Linux"\nID="amzn"\nVERSION_ID="2023"\n' >"$DAYFLY_OS_RELEASE"
  # What is downloaded: a runner that can be unpacked and one that can be run.
  mkdir "$world/pack"
  printf '#!/bin/sh\n' >"$world/pack/run.sh"
  chmod +x "$world/pack/run.sh"
  tar -czf "$FAKES/download" -C "$world/pack" .
  local sum
  sum=$(sha256sum <"$FAKES/download" | cut -d ' ' -f 1)
  sed -E "s/_SHA256_(ARM64|X64)=.*/_SHA256_\1=$sum/" "$repo/runner-ami/versions.env" >"$world/versions.env"
}
teardown() { end_world; }

# A machine on which neither docker nor go nor node has been installed.
bare() {
  local path="$BATS_TEST_DIRNAME/fakes:$world/tools" tool
  mkdir -p "$world/tools"
  for tool in bash env cat sed sha256sum tar gzip mv rm mkdir chmod dirname cp cut tr grep head wc tail printf sort sleep touch; do
    ln -sf "$(command -v "$tool")" "$world/tools/$tool" 2>/dev/null || true
  done
  PATH="$path" "$@"
}

@test "5-08 a stock Amazon Linux gets everything, from one pinned release" {
  mkdir -p "$world/etc/sudoers.d"
  sed -i "s|/etc/sudoers.d|$world/etc/sudoers.d|" "$world/install/install.sh"
  bare run bash "$world/install/install.sh"
  [ "$status" -eq 0 ]
  grep -qE '^dnf install -y -q --releasever=2023\.[0-9.]+ docker git golang jq nodejs' "$FAKES/calls"
  grep -q '^useradd --create-home --shell /bin/bash --groups docker runner$' "$FAKES/calls"
  [ -x "$DAYFLY_OPT/act_runner" ]
  [ -x "$DAYFLY_OPT/actions-runner/run.sh" ]
  [ "$(stat -c %a "$world/etc/sudoers.d/90-runner")" = 440 ]
  [ "$(wc -l <"$FAKES/curl.args")" -eq 2 ]
  refute grep -vE -- '--proto =https .*--max-time [0-9]+ ' "$FAKES/curl.args"
}

@test "a stock system gets the library without which GitHub's runner does not start" {
  touch "$FAKES/user-exists"
  bare run bash "$world/install/install.sh"
  grep -qE '^dnf install .* libicu( |$)' "$FAKES/calls"
  printf 'NAME="Ubuntu"\nID=ubuntu\n' >"$DAYFLY_OS_RELEASE"
  bare run bash "$world/install/install.sh"
  grep -qE '^apt-get .* install .* libicu74( |$)' "$FAKES/calls"
}

@test "running it twice changes nothing" {
  mkdir -p "$world/etc/sudoers.d"
  sed -i "s|/etc/sudoers.d|$world/etc/sudoers.d|" "$world/install/install.sh"
  bare run bash "$world/install/install.sh"
  touch "$FAKES/user-exists"
  : >"$FAKES/curl.args"
  bare run bash "$world/install/install.sh"
  [ "$status" -eq 0 ]
  [ ! -s "$FAKES/curl.args" ]
  [[ "$output" == *"Skipped act_runner"* ]]
  [[ "$output" == *"Skipped user runner"* ]]
}

@test "a download with another checksum is refused" {
  touch "$FAKES/user-exists"
  echo tampered >>"$FAKES/download"
  bare run bash "$world/install/install.sh"
  [ "$status" -ne 0 ]
  [ ! -e "$DAYFLY_OPT/act_runner" ]
}

@test "each processor has its own download" {
  touch "$FAKES/user-exists"
  echo x86_64 >"$FAKES/arch"
  bare run bash "$world/install/install.sh"
  grep -q 'act_runner-[0-9.]*-linux-amd64' "$FAKES/curl.args"
  grep -q 'actions-runner-linux-x64-' "$FAKES/curl.args"
}

@test "an unknown processor is refused" {
  touch "$FAKES/user-exists"
  echo riscv64 >"$FAKES/arch"
  bare run bash "$world/install/install.sh"
  [ "$status" -ne 0 ]
  [[ "$output" == *riscv64* ]]
}

@test "Ubuntu takes its own packages" {
  touch "$FAKES/user-exists"
  printf 'NAME="Ubuntu"\nID=ubuntu\n' >"$DAYFLY_OS_RELEASE"
  bare run bash "$world/install/install.sh"
  grep -q '^apt-get -o DPkg::Lock::Timeout=60 install -y -q --no-install-recommends docker.io git' "$FAKES/calls"
}

@test "Ubuntu's packages wait for whoever holds apt's locks" {
  touch "$FAKES/user-exists"
  printf 'NAME="Ubuntu"\nID=ubuntu\n' >"$DAYFLY_OS_RELEASE"
  echo 3 >"$FAKES/apt-get-fails"
  bare run bash "$world/install/install.sh"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^apt-get update' "$FAKES/calls")" -eq 4 ]
  grep -q '^apt-get .* install ' "$FAKES/calls"
}

@test "mirrors of Ubuntu that never answer end the installation" {
  touch "$FAKES/user-exists" "$FAKES/fail-apt-get"
  printf 'NAME="Ubuntu"\nID=ubuntu\n' >"$DAYFLY_OS_RELEASE"
  bare run bash "$world/install/install.sh"
  [ "$status" -ne 0 ]
  refute grep -q ' install ' "$FAKES/calls"
}

@test "an image newer than the pinned release keeps to its own, an older one takes the pinned" {
  touch "$FAKES/user-exists"
  # shellcheck source=runner-ami/versions.env
  source "$repo/runner-ami/versions.env"
  while read -r own wanted; do
    : >"$FAKES/calls"
    echo "$own" >"$FAKES/system-release"
    bare run bash "$world/install/install.sh"
    [ "$status" -eq 0 ]
    grep -qF "dnf install -y -q --releasever=$wanted " "$FAKES/calls"
  done <<ROWS
2023.99.20991231 2023.99.20991231
2023.9.20251027 $AL2023_RELEASE
nonsense $AL2023_RELEASE
ROWS
}

@test "another system is refused by its name" {
  echo 'ID=alpine' >"$DAYFLY_OS_RELEASE"
  bare run bash "$world/install/install.sh"
  [ "$status" -ne 0 ]
  [[ "$output" == *alpine* ]]
}

@test "only the runners of the configured forges are installed" {
  touch "$FAKES/user-exists"
  DAYFLY_RUNNERS=gitea bare run bash "$world/install/install.sh"
  [ -x "$DAYFLY_OPT/act_runner" ]
  [ ! -e "$DAYFLY_OPT/actions-runner/run.sh" ]
  [[ "$output" == *"no GitHub is configured"* ]]
}

@test "every version is pinned, and every download has a checksum for both processors" {
  # shellcheck source=runner-ami/versions.env
  source "$repo/runner-ami/versions.env"
  for name in ACT_RUNNER ACTIONS_RUNNER; do
    for arch in ARM64 X64; do
      local sum="${name}_SHA256_$arch"
      [[ "${!sum}" =~ ^[0-9a-f]{64}$ ]]
    done
  done
}
