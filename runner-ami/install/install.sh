#!/usr/bin/env bash
# Put everything that a job needs on this machine; what is there already stays as it is.
# Runs in the image pipeline, and at boot on a stock image.
#
# in:  $DAYFLY_RUNNERS (words of: gitea github), ../versions.env, $DAYFLY_APT_PAUSE (seconds between tries)
# out: packages, user `runner`, /opt/dayfly/act_runner, /opt/dayfly/actions-runner
set -Eeuo pipefail
: "${DAYFLY_RUNNERS:=gitea github}" "${DAYFLY_OPT:=/opt/dayfly}" "${DAYFLY_OS_RELEASE:=/etc/os-release}"
: "${DAYFLY_APT_PAUSE:=10}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=runner-ami/versions.env
source "$here/../versions.env"

main() {
  install_packages
  make_user
  mkdir -p "$DAYFLY_OPT"
  case " $DAYFLY_RUNNERS " in *" gitea "*) install_act_runner ;; *) echo "Skipped act_runner: no Gitea is configured." ;; esac
  case " $DAYFLY_RUNNERS " in *" github "*) install_actions_runner ;; *) echo "Skipped actions/runner: no GitHub is configured." ;; esac
}

install_packages() {
  if command -v docker >/dev/null && command -v git >/dev/null && command -v node >/dev/null &&
    command -v go >/dev/null && command -v jq >/dev/null; then
    echo "Skipped packages: all are there."
    return
  fi
  local id packages
  id=$(sed -n 's/^ID="\{0,1\}\([a-z]*\)"\{0,1\}$/\1/p' "$DAYFLY_OS_RELEASE")
  case "$id" in
    amzn)
      read -ra packages <<<"$AL2023_PACKAGES"
      dnf install -y -q --releasever="$(amazon_release)" "${packages[@]}"
      ;;
    ubuntu)
      read -ra packages <<<"$UBUNTU_PACKAGES"
      patiently apt-get update -q
      export DEBIAN_FRONTEND=noninteractive
      patiently apt-get -o DPkg::Lock::Timeout=60 install -y -q --no-install-recommends "${packages[@]}"
      ;;
    *)
      echo "This is neither Amazon Linux 2023 nor Ubuntu 24.04 but '$id'." >&2
      return 1
      ;;
  esac
  systemctl enable --now docker
}

# The pinned release, or this image's own where that is newer: packages of an older one would take its libraries back.
amazon_release() {
  local own
  own=$(rpm -q --qf '%{VERSION}\n' system-release) || own=
  [[ "$own" =~ ^2023\.[0-9.]+$ ]] || own=$AL2023_RELEASE
  printf '%s\n' "$AL2023_RELEASE" "$own" | sort -V | tail -n 1
}

# Ubuntu's own daily update begins at the first boot too, and holds apt's locks for a minute or two; apt-get waits for one of them only.
patiently() {
  local try
  for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
    if "$@"; then return; fi
    echo "$1 did not succeed (try $try)."
    sleep "$DAYFLY_APT_PAUSE"
  done
  return 1
}

# The machine lives for one job and its role is worth nothing, so the job may be root, as on the forges' own machines.
make_user() {
  if id runner >/dev/null 2>&1; then
    echo "Skipped user runner: it is there."
    return
  fi
  useradd --create-home --shell /bin/bash --groups docker runner
  echo 'runner ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-runner
  chmod 0440 /etc/sudoers.d/90-runner
}

install_act_runner() {
  local file="$DAYFLY_OPT/act_runner" arch
  if [ -x "$file" ]; then
    echo "Skipped act_runner: it is there."
    return
  fi
  arch=$(machine_word amd64 arm64)
  fetch "$ACT_RUNNER_URL/$ACT_RUNNER_VERSION/$ACT_RUNNER_NAME-$ACT_RUNNER_VERSION-linux-$arch" "$file.part" \
    "$(machine_word "$ACT_RUNNER_SHA256_X64" "$ACT_RUNNER_SHA256_ARM64")"
  chmod 0755 "$file.part"
  mv "$file.part" "$file"
}

install_actions_runner() {
  local folder="$DAYFLY_OPT/actions-runner" arch name
  if [ -x "$folder/run.sh" ]; then
    echo "Skipped actions/runner: it is there."
    return
  fi
  arch=$(machine_word x64 arm64)
  name="$ACTIONS_RUNNER_NAME-linux-$arch-$ACTIONS_RUNNER_VERSION.tar.gz"
  fetch "$ACTIONS_RUNNER_URL/v$ACTIONS_RUNNER_VERSION/$name" "$folder.tar.gz" \
    "$(machine_word "$ACTIONS_RUNNER_SHA256_X64" "$ACTIONS_RUNNER_SHA256_ARM64")"
  rm -rf "$folder.part"
  mkdir -p "$folder.part"
  tar -xzf "$folder.tar.gz" -C "$folder.part"
  chown -R runner:runner "$folder.part"
  mv "$folder.part" "$folder"
  rm -f "$folder.tar.gz"
}

machine_word() {
  case "$(uname -m)" in
    x86_64) echo "$1" ;;
    aarch64) echo "$2" ;;
    *)
      echo "No runner is built for $(uname -m)." >&2
      return 1
      ;;
  esac
}

fetch() {
  curl -fsSL --proto '=https' --retry 3 --max-time 300 -o "$2" "$1"
  echo "$3  $2" | sha256sum --check --quiet
}

main "$@"
