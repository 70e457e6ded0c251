#!/usr/bin/env bats
# The k3s example, run by deployctl as on a host: rows 3-06 to 3-16 with fakes for the cluster, the store, the builder and ssh; git is real.

setup() {
  load deployctl.bash
  make_target
  rm "$ROOT/fakes/"*
  cp "$REPO"/test/machine/fakes/k3s/* "$ROOT/fakes/"
  K3S=$ROOT/etc/dayfly/apps/k3s
  cp -R "$REPO/target-host/examples/k3s" "$K3S"
  echo -n shop-prod >"$WORLD/context"
  echo 'PRIVATE-KEY-marker' >"$K3S/deploy-key"
  sed -e "s|/etc/dayfly|$ROOT/etc/dayfly|" -e "s|^TREE=.*|TREE=$ROOT/tree|" "$REPO/target-host/examples/k3s/settings.env" >"$K3S/settings.env"
  sed "s|/etc/dayfly|$ROOT/etc/dayfly|" "$REPO/target-host/examples/k3s/app.env" >"$ROOT/etc/dayfly/apps/shop.env"
  printf 'DISK_MIN_MB=1\nHEALTH_TRIES=2\nHEALTH_INTERVAL_SECONDS=1\nHEALTH_REQUEST_SECONDS=60\nVERSION_TRIES=1\n' >>"$ROOT/etc/dayfly/apps/shop.env"
  make_source
}

# Two commits: the second one drops a file.
make_source() {
  local work=$BATS_TEST_TMPDIR/work
  git init -q "$work"
  mkdir -p "$work/deploy/k8s" "$work/logs"
  touch "$work/app.js" "$work/stale.js" "$work/deploy/k8s/web.yaml"
  commit_source first
  FIRST=$(git -C "$work" rev-parse HEAD)
  rm "$work/stale.js"
  commit_source second
  SECOND=$(git -C "$work" rev-parse HEAD)
  touch "$work/untracked.js"
  git clone -q --bare "$work" "$WORLD/source.git"
}

commit_source() {
  git -C "$BATS_TEST_TMPDIR/work" add -A
  git -C "$BATS_TEST_TMPDIR/work" -c user.name=t -c user.email=t@example.com commit -q -m "$1"
}

roll() {
  deploy "sha-${1:0:7}" "DEPLOY_COMMIT=$1"
}

log_of() { cat "$ROOT/var/log/dayfly/shop/prod/$(deploy_id "$SERIAL").log"; }

@test "3-06 every step is reported, in order" {
  roll "$SECOND"
  expect 0 deployed
  [ "$(log_of | grep -oE '^\| [a-z]+: done' | cut -c3- | cut -d: -f1 | tr '\n' ' ')" = \
    'context fetch export sync build import apply images rollout ' ]
  [ "$(cat "$WORLD/live")" = "$SECOND" ]
}

@test "3-07 the deploy identity is in no log, argument, image or workload, and the host key is pinned" {
  roll "$SECOND"
  refute_contains "$(log_of)$(cat "$WORLD"/calls "$WORLD/env" "$WORLD/annotation" "$WORLD/built")$output" PRIVATE-KEY
  grep -q 'StrictHostKeyChecking=yes' "$WORLD/calls"
  grep -q "UserKnownHostsFile=$K3S/known_hosts" "$WORLD/calls"
  refute_contains "$(ls -A "$ROOT/tree")" deploy-key
}

@test "3-08 the source comes through the proxy only; with the proxy down the step fails and nothing changes" {
  touch "$WORLD/proxy-down"
  roll "$SECOND"
  expect 5 apply-failed
  [[ $(log_of) == *'fetch: failed'* ]]
  [ "$(grep -c '^ssh' "$WORLD/calls")" -eq "$(grep -c '^ssh.*ProxyCommand=nc -X connect -x 127.0.0.1:3128' "$WORLD/calls")" ]
  [ ! -e "$WORLD/image" ]
}

# A server that notes what reaches it, and by which way: a proxy is asked for a whole address.
@test "3-08 a source by http goes through the proxy too, and one whose protocol would not is refused" {
  local port
  python3 - "$WORLD" <<'END' 3>&- &
import http.server, sys
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        open(sys.argv[1] + "/asked", "a").write(self.path + "\n")
        self.send_error(502)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
open(sys.argv[1] + "/port.new", "w").write(str(server.server_port))
import os; os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
server.serve_forever()
END
  PROXY_PID=$!
  timeout 20 bash -c 'until [[ -e $1 ]]; do sleep 0.05; done' - "$WORLD/port"
  port=$(cat "$WORLD/port")
  sed -i -e "s|^PROXY=.*|PROXY=http://127.0.0.1:$port|" -e "s|^SOURCE=.*|SOURCE=http://127.0.0.1:$port/acme/shop.git|" "$K3S/settings.env"
  roll "$SECOND"
  expect 5 apply-failed
  [ "$(cut -d'?' -f1 "$WORLD/asked")" = "http://127.0.0.1:$port/acme/shop.git/info/refs" ]
  sed -i "s|^SOURCE=.*|SOURCE=git://127.0.0.1:$port/acme/shop.git|" "$K3S/settings.env"
  roll "$SECOND"
  expect 5 apply-failed
  [[ $(log_of) == *"transport 'git' not allowed"* ]]
}

teardown() {
  [ -z "${PROXY_PID:-}" ] || kill "$PROXY_PID"
}

@test "3-09 the export is the exact commit's tracked files, and is removed afterwards" {
  roll "$FIRST"
  expect 0
  grep -qx stale.js "$WORLD/built"
  run ! grep -qx untracked.js "$WORLD/built"
  [ ! -e "$DATA/work/export" ]
}

@test "3-10 a sync deletes stale files and keeps the state list" {
  roll "$FIRST"
  mkdir -p "$ROOT"/tree/{.state,logs,.git,node_modules,dist}
  touch "$ROOT/tree/.state/keep" "$ROOT/tree/node_modules/keep" "$ROOT/tree/left-over.js"
  roll "$SECOND"
  expect 0
  [ ! -e "$ROOT/tree/stale.js" ]
  [ ! -e "$ROOT/tree/left-over.js" ]
  [ -e "$ROOT/tree/.state/keep" ]
  [ -e "$ROOT/tree/node_modules/keep" ]
  [ -d "$ROOT/tree/dist" ]
}

@test "3-10 names of any kind: a stale one goes, though it is made of words that stay, and none leads out" {
  local work=$BATS_TEST_TMPDIR/work name third
  roll "$FIRST"
  for name in 'logs .git' $'a\nlogs' -rf '*' '  '; do echo stale >"$ROOT/tree/$name"; done
  ln -s "$WORLD" "$ROOT/tree/out"
  mkdir "$work/-rf"
  for name in 'a b' $'new\nline' -n '*' '$(touch run)'; do echo new >"$work/-rf/$name"; done
  ln -s /etc/passwd "$work/link"
  commit_source third
  third=$(git -C "$work" rev-parse HEAD)
  git -C "$work" push -q "$WORLD/source.git" HEAD
  roll "$third"
  expect 0
  [ "$(cd "$ROOT/tree" && find . -mindepth 1 -maxdepth 1 | sort | tr '\n' ' ')" = './-rf ./app.js ./deploy ./link ./untracked.js ' ]
  [ "$(find "$ROOT/tree/-rf" -type f -print0 | tr -cd '\0' | wc -c)" -eq 5 ]
  [ -L "$ROOT/tree/link" ]
  [ -e "$WORLD/calls" ]
}

@test "3-11 the proxy is given to the build alone, with inline cache; no setting of the host changes" {
  local before
  before=$(find "$ROOT/etc" -type f -exec sha256sum {} + | sort)
  roll "$SECOND"
  grep -q 'build .*BUILDKIT_INLINE_CACHE=1 --cache-from shop.local/shop:cache --build-arg HTTP_PROXY=http://127.0.0.1:3128' "$WORLD/calls"
  grep -q 'proxy in the environment: http://127.0.0.1:3128' "$WORLD/calls"
  [ "$before" = "$(find "$ROOT/etc" -type f -exec sha256sum {} + | sort)" ]
}

@test "3-11 a build that fails changes no workload" {
  touch "$WORLD/build-fails"
  roll "$SECOND"
  expect 5
  [ ! -e "$WORLD/image" ]
}

@test "3-12 an image that did not arrive in the runtime's own store is no image" {
  touch "$WORLD/import-loses"
  roll "$SECOND"
  expect 5
  [[ $(log_of) == *'import: failed'* ]]
  [ ! -e "$WORLD/image" ]
}

@test "3-13 a workload that keeps another image fails the deploy, which is undone" {
  roll "$FIRST"
  touch "$WORLD/keeps-image"
  roll "$SECOND"
  [ "$(said .exit)" -eq 1 ]
  [[ $(log_of) == *'has the image shop.local/shop:sha-'*' instead of '* ]]
}

@test "3-13 a cluster that does not say which image runs has not said that it is ours" {
  touch "$WORLD/mute"
  roll "$SECOND"
  expect 7 apply-failed
  [[ $(log_of) == *'images: failed'* ]]
}

@test "3-14 the 40-hex commit is stamped on the workload and in its environment" {
  roll "$SECOND"
  [ "$(cat "$WORLD/annotation")" = "dayfly/commit=$SECOND" ]
  grep -qx "DEPLOYED_COMMIT=$SECOND" "$WORLD/env"
  grep -qx "REQUESTED_COMMIT=$SECOND" "$WORLD/env"
}

@test "3-15 each named workload is restarted and awaited within a limit" {
  roll "$SECOND"
  local workload
  for workload in web worker; do
    grep -q "rollout restart deployment/$workload" "$WORLD/calls"
    grep -q "rollout status deployment/$workload --timeout 120s" "$WORLD/calls"
  done
}

@test "3-15 a rollout that is never ready is undone: the commit before is live again" {
  roll "$FIRST"
  touch "$WORLD/stays-old"
  echo 1/2 >"$WORLD/ready"
  roll "$SECOND"
  expect 4
  rm "$WORLD/ready"
  roll "$SECOND"
  expect 1 stale-version
  [ "$(cat "$WORLD/live")" = "$FIRST" ]
}

@test "a first rollout that fails is scaled down again" {
  echo /2 >"$WORLD/ready"
  roll "$SECOND"
  expect 7 unhealthy
  [ "$(grep -c 'replicas 0' "$WORLD/scaled")" -eq 2 ]
  [[ $(log_of) == *'deployment/web: 0 of 2 are ready'* ]]
}

@test "3-16 healthy but old is a failure" {
  roll "$FIRST"
  touch "$WORLD/stays-old"
  roll "$SECOND"
  expect 1 stale-version
  [[ $(said .text) == *"the live commit is $FIRST instead of $SECOND"* ]]
}

@test "3-21 the context is always named; a missing one is refused and the host's default is never used" {
  roll "$SECOND"
  expect 0
  [ ! -e "$WORLD/default-context-used" ]
  echo -n another-cluster >"$WORLD/context"
  roll "$FIRST"
  expect 6
  [[ $(log_of) == *'context: failed'* ]]
  [ "$(cat "$WORLD/live")" = "$SECOND" ]
}
