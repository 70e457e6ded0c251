#!/usr/bin/env bash
# Give this target its read-only login to a registry; run again to rotate it.
#
# in:  REGISTRY USER FILE        the password's file, - for stdin, or ssm:NAME for an SSM SecureString read with this host's own rights
#      [ROOT]                    of the installation, default /
# out: var/lib/dayfly/docker/config.json, readable by the deploy user only; exit code 0 or 1
set -Eeuo pipefail
: "${1:?registry}" "${2:?user}" "${3:?password file, - or ssm:NAME}"

main() {
  local registry=$1 user=$2 source=$3 config=${4:-}/var/lib/dayfly/docker as=()
  [[ -d $config && ! -L $config ]] || { printf 'login.sh: %s is missing: run install.sh first\n' "$config" >&2 && return 1; }
  # The folder is the deploy user's: root writes nothing there, where a link could lead it elsewhere.
  ((EUID != 0 || $(stat -c %u -- "$config") == 0)) ||
    as=(setpriv --reuid="$(stat -c %u -- "$config")" --regid="$(stat -c %g -- "$config")" --init-groups --)
  # The password travels by pipe: it is on no command line.
  password "$source" | "${as[@]}" timeout 60 docker --config "$config" login --username "$user" --password-stdin -- "$registry" >/dev/null
  "${as[@]}" chmod 600 "$config/config.json"
  printf 'logged in to %s as %s\n' "$registry" "$user"
}

password() {
  case $1 in
    ssm:*) timeout 60 aws ssm get-parameter --with-decryption --name "${1#ssm:}" --query Parameter.Value --output text ;;
    -) cat ;;
    *) cat -- "$1" ;;
  esac
}

main "$@"
