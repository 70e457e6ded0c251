#!/usr/bin/env bash
# Make this computer a deploy target, or bring it up to date. Running it twice is harmless; it says what it changed.
#
# in:  [--root DIR]                        install below DIR instead of / (an image, a test)
#      [--local]                           no user of its own: a target for whoever runs this, needs --root
#      [--registry HOST USER PASSWORD-FILE|ssm:NAME]   read-only login for pulls (login.sh)
#      [--compose FILE SHA256]             the docker compose plugin, for systems that package none
# out: one line per step; exit code 0, or 1 with the step that failed
set -Eeuo pipefail
trap 'printf "install.sh failed in line %s\n" "$LINENO" >&2' ERR

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
ROOT='' USER_NAME=dayfly REGISTRY=() COMPOSE=()

main() {
  umask 022
  read_options "$@"
  need_tools
  [[ -z $USER_NAME ]] || make_user
  install_files
  make_folders
  ((${#COMPOSE[@]} == 0)) || install_compose "${COMPOSE[@]}"
  ((${#REGISTRY[@]} == 0)) || "$HERE/login.sh" "${REGISTRY[@]}" "$ROOT"
  enable_recovery
  say "installed: $("$ROOT/opt/dayfly/bin/deployctl" recover | jq -r '"deployctl " + .script_sha256[:12]')"
}

say() {
  printf '%s\n' "$1"
}

give_up() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

read_options() {
  while (($# > 0)); do
    case $1 in
      --local) USER_NAME='' && shift ;;
      --root) wants "$1" 1 $# && mkdir -p -- "$2" && ROOT=$(cd -- "$2" && pwd) && shift 2 ;;
      --registry) wants "$1" 3 $# && REGISTRY=("${@:2:3}") && shift 4 ;;
      --compose) wants "$1" 2 $# && COMPOSE=("${@:2:2}") && shift 3 ;;
      *) give_up "unknown option $1 (see the head of this file)" ;;
    esac
  done
  ROOT=${ROOT%/}
  [[ -n $USER_NAME || -n $ROOT ]] || give_up '--local needs --root'
  [[ -z $USER_NAME ]] || ((EUID == 0)) || give_up 'run it as root, or with --local --root DIR'
}

# wants OPTION COUNT LEFT
wants() {
  (($3 > $2)) || give_up "$1 needs $2 value(s) (see the head of this file)"
}

need_tools() {
  local tool missing=()
  for tool in jq curl flock setpriv timeout sha256sum base64; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || give_up "missing: ${missing[*]} (packages jq, curl, util-linux, coreutils)"
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || give_up "bash 4.4 or newer is needed, this is $BASH_VERSION"
}

make_user() {
  if id -u "$USER_NAME" >/dev/null 2>&1; then
    say "user $USER_NAME is here already"
  else
    useradd --system --user-group --no-create-home --home-dir /var/lib/dayfly --shell /usr/sbin/nologin "$USER_NAME"
    say "made user $USER_NAME"
  fi
  if getent group docker >/dev/null; then
    usermod --append --groups docker "$USER_NAME"
  else
    say 'skipped container rights: this system has no group docker'
  fi
}

install_files() {
  local file mode known=no
  [[ ! -e $ROOT/etc/dayfly/target.env ]] || known=yes
  while IFS= read -r -d '' file; do
    file=${file#"$HERE/rootfs/"}
    [[ $file != etc/dayfly/target.env || $known == no ]] || continue # the owner may have changed it
    mode=644
    [[ $file != */bin/* ]] || mode=755
    mkdir -p -- "$ROOT/$(dirname -- "$file")"
    install -m "$mode" -- "$HERE/rootfs/$file" "$ROOT/$file"
  done < <(find "$HERE/rootfs" -type f -print0)
  [[ -n $USER_NAME || $known == yes ]] || printf 'PATH=%s\n' "$PATH" >"$ROOT/etc/dayfly/target.env"
  say "files are in ${ROOT:-/}"
}

make_folders() {
  local user=${USER_NAME:-$(id -un)} uid gid
  uid=$(id -u "$user")
  gid=$(id -g "$user")
  mkdir -p "$ROOT/etc/dayfly/apps" "$ROOT/var/lib/dayfly" "$ROOT/var/log/dayfly"
  chmod 750 "$ROOT/etc/dayfly/apps" "$ROOT/var/lib/dayfly" "$ROOT/var/log/dayfly"
  ((EUID != 0)) || chown "$uid:$gid" "$ROOT/var/lib/dayfly" "$ROOT/var/log/dayfly"
  ((EUID != 0)) || chown "0:$gid" "$ROOT/etc/dayfly/apps"
  # Below a folder of the deploy user only that user makes and changes anything: a link put there must not lead root elsewhere.
  as_user "$uid" "$gid" mkdir -p "$ROOT/var/lib/dayfly/docker"
  as_user "$uid" "$gid" chmod 700 "$ROOT/var/lib/dayfly/docker"
  say 'folders and their modes are set'
}

# as_user UID GID COMMAND...
as_user() {
  if ((EUID == 0 && $1 != 0)); then setpriv --reuid="$1" --regid="$2" --clear-groups -- "${@:3}"; else "${@:3}"; fi
}

# install_compose FILE SHA256
install_compose() {
  local folder=$ROOT/usr/local/lib/docker/cli-plugins
  printf '%s  %s\n' "$2" "$1" | sha256sum --check --quiet || give_up "$1 has not the SHA-256 $2"
  mkdir -p "$folder"
  install -m 755 -- "$1" "$folder/docker-compose"
  say "docker compose is in $folder"
}

enable_recovery() {
  if [[ -z $ROOT && -d /run/systemd/system ]]; then
    systemctl daemon-reload
    systemctl --quiet enable dayfly-recover.service
    say 'recovery after a power loss is enabled'
  else
    say 'skipped the boot unit: no systemd runs here'
  fi
}

main "$@"
