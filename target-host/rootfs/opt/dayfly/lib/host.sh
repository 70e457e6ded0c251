# shellcheck shell=bash
# This computer: whose rights we have, time, and running other programs within limits.

ABORTED=no
# When the present part of the work must be over, in seconds since 1970.
LIMIT=0

# Everything below runs as the deploy user. Root only changes over to it; nothing else is done as root.
become_deploy_user() {
  local user=${TARGET[DEPLOY_USER]} name
  [[ -n $user && $user != "$(id -un)" ]] || return 0
  ((EUID == 0)) || refuse 6 wrong-user "deployctl runs as $user"
  id -u "$user" >/dev/null 2>&1 || refuse 6 not-installed "there is no user $user: run target-host/install.sh"
  for name in $(compgen -e); do
    [[ $name == DEPLOY_* || $name == SSM_* ]] || unset "$name" 2>/dev/null || true
  done
  export PATH=${TARGET[PATH]}
  trap - EXIT
  # The result line goes to fd 3 here and to stdout there.
  exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$BASH" "$SELF" "$@" 1>&3 3>&-
}

now() {
  printf '%(%s)T' -1
}

# now_ms: bash 4 cannot tell it by itself.
now_ms() {
  if [[ -n ${EPOCHREALTIME:-} ]]; then printf %s "$((${EPOCHREALTIME/./} / 1000))"; else date +%s%3N; fi
}

# bounded SECONDS COMMAND...: 124 when it ran out of time. The lock (fd 9) stays with `timeout`, so it is held until COMMAND itself has
# ended even if we are killed, and no daemon that COMMAND leaves behind can keep it.
bounded() {
  local seconds=$1
  shift
  # shellcheck disable=SC2016 # expands in the inner shell
  timeout --kill-after=5 "$seconds" /bin/sh -c 'exec 9>&- 3>&-; exec "$@"' bounded "$@" </dev/null
}

# within SECONDS: how many of them are left of the present limit, at least 1.
within() {
  local left=$((LIMIT - $(now)))
  ((left < $1)) || left=$1
  ((left > 0)) || left=1
  printf %s "$left"
}

out_of_time() {
  [[ $ABORTED == yes ]] || (($(now) >= LIMIT))
}

# enough_disk FOLDER
enough_disk() {
  local free
  free=$(df -Pm -- "$1" 2>/dev/null | { read -r _ && read -r _ _ _ free _ && printf %s "$free"; }) || return 1
  ((free >= APP[DISK_MIN_MB]))
}
