# shellcheck shell=bash
# A Docker engine in a process name space of its own: killing its first process is a power loss for it and all its containers.

export DOCKER_HOST=unix://$ENGINE/socket
export REGISTRY_PASSWORD=registry-marker-3

start_engine() {
  local tries=0
  rm -rf "$ENGINE/pid" "$ENGINE/exec"
  # bats waits for whoever holds its descriptor 3.
  unshare --pid --fork --mount --mount-proc --kill-child dockerd --data-root "$ENGINE/images" --exec-root "$ENGINE/exec" \
    -H "$DOCKER_HOST" -p "$ENGINE/pid" >>"$ENGINE/log" 2>&1 3>&- </dev/null &
  echo "$!" >"$ENGINE/outside"
  until docker version >/dev/null 2>&1; do
    ((tries++ < 300)) || { tail -n 20 "$ENGINE/log" >&2 && return 1; }
    sleep 0.1
  done
}

# cut_power: engine and containers are gone at once, without a word to anybody.
cut_power() {
  local pid
  pid=$(cat "$ENGINE/outside") || return 0
  pkill -9 -P "$pid"
  until ! kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# start_registry PORT [auth]
start_registry() {
  local folder=$ENGINE/registry-$1 tries=0 auth=''
  mkdir -p "$folder"
  if [[ -n ${2:-} ]]; then
    perl -e 'print "puller:", crypt($ENV{REGISTRY_PASSWORD}, q($2y$05$abcdefghijklmnopqrstuu)), "\n"' >"$folder/users"
    auth="auth: { htpasswd: { realm: test, path: $folder/users } }"
  fi
  cat >"$folder/config.yml" <<END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $folder/data } }
http: { addr: "127.0.0.1:$1" }
$auth
END
  docker-registry serve "$folder/config.yml" >"$folder/log" 2>&1 3>&- </dev/null &
  echo "$!" >"$folder/pid"
  until curl -s -o /dev/null "http://127.0.0.1:$1/v2/"; do
    ((tries++ < 100)) || { cat "$folder/log" >&2 && return 1; }
    sleep 0.1
  done
}
