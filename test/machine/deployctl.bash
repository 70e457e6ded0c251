# shellcheck shell=bash
# A target of its own for each test: a real installation below a temporary folder, fakes on its PATH.

bats_require_minimum_version 1.5.0
REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

make_target() {
  ROOT=$BATS_TEST_TMPDIR/host
  WORLD=$ROOT/world
  DEPLOYCTL=$ROOT/opt/dayfly/bin/deployctl
  DATA=$ROOT/var/lib/dayfly/shop/prod
  mkdir -p "$ROOT/fakes" "$WORLD"/{registry,local,fail,hang}
  cp "$REPO"/test/machine/fakes/deployctl/* "$ROOT/fakes/"
  "$REPO/target-host/install.sh" --local --root "$ROOT" >/dev/null
  printf 'PATH=%s:%s\n' "$ROOT/fakes" "$PATH" >"$ROOT/etc/dayfly/target.env"
  : >"$WORLD/calls"
}

compose_app() {
  printf 'services: {}\n' >"$ROOT/compose.yaml"
  cat >"$ROOT/etc/dayfly/apps/shop.env" <<END
KIND=compose
ENVIRONMENTS=prod pr-*
IMAGE=registry.test/shop
COMPOSE_FILE=$ROOT/compose.yaml
SERVICES=web
HEALTH_URL=http://127.0.0.1:8080/healthz
VERSION_URL=http://shop.test/version
HEALTH_TRIES=3
HEALTH_INTERVAL_SECONDS=1
VERSION_TRIES=1
DISK_MIN_MB=1
END
}

# commit N: the commit of our N-th test image; digest N likewise.
commit() { printf '%040x' "$((0xabc0000 + $1))"; }
digest() { printf 'sha256:%064x' "$((0xdef0000 + $1))"; }
deploy_id() { printf '%032x' "$1"; }

# image N TAG [DOES] [CREATED]: pushed to the registry.
image() {
  jq -nc --arg digest "$(digest "$1")" --arg commit "$(commit "$1")" --arg does "${3:-ok}" --argjson created "${4:-1700000000}" \
    '{digest: $digest, commit: $commit, arch: "amd64", does: $does, created: $created}' >"$WORLD/registry/$2"
  cp "$WORLD/registry/$2" "$WORLD/registry/$(digest "$1")"
}

# edit_image TAG FILTER
edit_image() {
  local changed
  changed=$(jq -c "$2" "$WORLD/registry/$1")
  printf '%s\n' "$changed" >"$WORLD/registry/$1"
}

# deploy TAG [DEPLOY_*=value...]: as the control plane asks for it; id and fence count up.
deploy() {
  local tag=$1
  shift
  SERIAL=$((${SERIAL:-0} + 1))
  ask deploy DEPLOY_TAG="$tag" "$@"
}

# ask VERB [env's arguments...]: stdout in `output`, exit code in `status`.
ask() {
  local verb=$1
  shift
  run --separate-stderr env DEPLOY_APP=shop DEPLOY_ENV=prod DEPLOY_TAG=- DEPLOY_DIGEST=- DEPLOY_COMMIT=- "DEPLOY_ID=$(deploy_id "${SERIAL:-0}")" \
    "DEPLOY_FENCE=${SERIAL:-1}" "DEPLOY_NOT_AFTER=$(($(date +%s) + 600))" DEPLOY_MODE=normal DEPLOY_BUNDLE=- "$@" "$DEPLOYCTL" "$verb"
}

# expect EXIT [REASON]: of the last call, with exactly one well-formed line.
expect() {
  # shellcheck disable=SC2154 # bats' run sets status and output
  if [ "$status" -ne "$1" ] || [ "$(wc -l <<<"$output")" -ne 1 ] || [ "${#output}" -gt 2000 ] || [ "$(said .exit)" != "$1" ] ||
    { [ -n "${2:-}" ] && [ "$(said .reason)" != "$2" ]; }; then
    printf 'wanted %s, got %s\nstdout: %s\nstderr: %s\n' "$*" "$status" "$output" "${stderr:-}" >&2
    return 1
  fi
}

# said FILTER: a field of the printed line.
said() { jq -r "$1" <<<"$output"; }
state() { jq -r "$1" "$DATA/state.json"; }
running() { jq -r .commit "$WORLD/running" 2>/dev/null || echo nothing; }

# What the records say is what runs.
records_are_true() {
  local wanted=nothing
  [ "$(state .condition)" != verified ] || wanted=$(state '.releases[0].commit')
  if [ "$(state .operation)" != null ] || [ "$(running)" != "$wanted" ]; then
    printf 'recorded: %s\nrunning: %s\n' "$(cat "$DATA/state.json")" "$(running)" >&2
    return 1
  fi
}

# nothing_changed COMMAND...: no file of the host is written while it runs.
nothing_changed() {
  local before
  before=$(every_file)
  "$@"
  [ "$before" = "$(every_file)" ]
}

every_file() { find "$ROOT/var" "$ROOT/etc" "$WORLD" -printf '%p %T@ %s\n' | sort; }

# wait_for FILE: longer than any computer needs; only what is broken never makes it.
wait_for() {
  local tries=0
  until [ -e "$1" ]; do
    ((tries++ < 2400)) || return 1
    sleep 0.05
  done
}

# The lock of shop/prod: its last holder, and what that had called, has ended.
lock_is_free() { flock -w 120 "$DATA/lock" true; }

refute_contains() {
  [[ $1 != *"$2"* ]] || { printf 'found %q in: %s\n' "$2" "$1" >&2 && return 1; }
}
