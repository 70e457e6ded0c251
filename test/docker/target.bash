# shellcheck shell=bash
# A target whose Docker is real. Images are made here, from nothing but a shell, and pushed; pulls are pulls.

load "$(dirname -- "${BASH_SOURCE[0]}")/../machine/deployctl.bash"
load "$(dirname -- "${BASH_SOURCE[0]}")/engine.bash"

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
REGISTRY=127.0.0.1:5000

make_docker_target() {
  ROOT=$BATS_TEST_TMPDIR/host
  WORLD=$ROOT/world
  export DEPLOYCTL=$ROOT/opt/dayfly/bin/deployctl
  export DATA=$ROOT/var/lib/dayfly/shop/prod
  NAME=shop-${BATS_TEST_FILENAME##*/}
  NAME=${NAME%.bats}-$BATS_TEST_NUMBER
  PROJECT=shop_prod
  mkdir -p "$ROOT/gates" "$WORLD/hang" "$ROOT/volume"
  "$REPO/target-host/install.sh" --local --root "$ROOT" >/dev/null
  local tool
  for tool in docker docker-compose curl; do cp "$REPO/test/docker/fakes/gate" "$ROOT/gates/$tool"; done
  printf 'PATH=%s:%s\n' "$ROOT/gates" "$PATH" >"$ROOT/etc/dayfly/target.env"
  : >"$WORLD/calls"
  compose_project
}

compose_project() {
  cat >"$ROOT/compose.yaml" <<'END'
version: "3.7"
services:
  web:
    image: ${IMAGE}
    restart: unless-stopped
    stop_grace_period: 1s
    environment: { COMMIT: "${COMMIT}" }
    ports: ["127.0.0.1:8080:8080"]
    volumes: ["./volume:/state"]
END
  cat >"$ROOT/etc/dayfly/apps/shop.env" <<END
KIND=compose
ENVIRONMENTS=prod
IMAGE=$REGISTRY/$NAME
COMPOSE_FILE=$ROOT/compose.yaml
SERVICES=web
HEALTH_URL=http://127.0.0.1:8080/healthz
VERSION_URL=http://127.0.0.1:8080/version
HEALTH_TRIES=6
HEALTH_INTERVAL_SECONDS=1
VERSION_TRIES=2
DISK_MIN_MB=20
END
}

# A real engine on a busy computer takes its time.
wait_for() {
  local tries=0
  until [ -e "$1" ]; do
    ((tries++ < 1200)) || return 1
    sleep 0.05
  done
}

# wait_for_log TEXT: its writer is a process of its own.
wait_for_log() {
  local tries=0
  until log_of | grep -q "$1"; do
    ((tries++ < 100)) || return 1
    sleep 0.05
  done
}

setting() { printf '%s\n' "$1" >>"$ROOT/etc/dayfly/apps/shop.env"; }

# Whatever a test left: its containers, its gates, its images. One that failed shows what the engine said, and leaves a new one behind.
clean_up() {
  : >"$WORLD/go"
  if [[ -z ${BATS_TEST_COMPLETED:-} ]]; then
    tail -n 20 "$ENGINE/log" | cut -c 1-400
    cut_power
    start_engine
  fi
  docker ps -aq | xargs -r docker rm -fv >/dev/null
  docker network prune -f >/dev/null
  docker images -q | sort -u | xargs -r docker rmi -f >/dev/null
}

# The commit of our N-th image; unlike those of the fakes they differ in their first seven digits.
commit() { printf '%07x%033d' "$((0xabc0000 + $1))" 0; }
sha_tag() { printf 'sha-%07x' "$((0xabc0000 + $1))"; }

# image N TAG [DOES] [CREATED]: made, pushed, and forgotten here.
image() {
  local folder=$BATS_TEST_TMPDIR/image-$1 does=${3:-ok}
  rm -rf "$folder"
  mkdir -p "$folder"/root/{bin,www,empty,tmp}
  root_of "$1" "$does" "$folder/root"
  tar -C "$folder/root" -c -f "$folder/layer.tar" .
  config_of "$1" "$does" "${4:-$(date -u +%FT%TZ)}" "$folder/layer.tar" >"$folder/config.json"
  jq -nc --arg name "$REGISTRY/$NAME:$2" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' >"$folder/manifest.json"
  tar -C "$folder" -c manifest.json config.json layer.tar | docker load >/dev/null
  rm -rf "$folder"
  docker push -q "$REGISTRY/$NAME:$2" >/dev/null
  docker rmi "$REGISTRY/$NAME:$2" >/dev/null
}

root_of() {
  local told
  told=$(commit "$1")
  cp "$(command -v busybox)" "$3/bin/busybox"
  [[ $2 != lies ]] || told=$(commit 999)
  [[ $2 != big ]] || head -c 60000000 /dev/urandom >"$3/ballast"
  echo ok >"$3/www/healthz"
  printf '{"commit":"%s"}\n' "$told" >"$3/www/version"
  behaviour "$2" >"$3/start"
}

# Label and environment name the N-th commit, also where the files inside tell another one.
config_of() {
  local arch
  arch=$(docker version --format '{{.Server.Arch}}')
  [[ $2 != foreign ]] || arch=s390x
  jq -nc --arg commit "$(commit "$1")" --arg does "$2" --arg created "$3" --arg arch "$arch" --arg layer "$(sha256sum "$4" | cut -d' ' -f1)" '
    {architecture: $arch, os: "linux", created: $created, rootfs: {type: "layers", diff_ids: ["sha256:" + $layer]},
     config: {Cmd: ["/bin/busybox", "sh", "/start"], Env: ["COMMIT=" + $commit],
              Labels: (if $does == "unlabelled" then {} else {"org.opencontainers.image.revision": $commit} end)}}'
}

behaviour() {
  local pages=/www
  case $1 in
    crash) echo 'echo "cannot start with db-marker-1"; exit 3' ;;
    unhealthy) pages=/empty ;;
    migrates) echo 'echo 2 >/state/layout' && pages=/empty ;;
    fussy) echo 'if [ -e /state/layout ]; then echo "layout 2 is unknown"; exit 4; fi' ;;
    slow) echo 'until [ -e /state/asked ]; do /bin/busybox sleep 0.1; done; /bin/busybox sleep 1' ;;
  esac
  echo "exec /bin/busybox httpd -f -p 8080 -h $pages"
}

# What really answers, whatever the records say.
running() {
  local answer
  answer=$(curl -s --max-time 2 http://127.0.0.1:8080/version) || answer='{"commit":"nothing"}'
  jq -r .commit <<<"$answer"
}

digest_in_registry() {
  curl -s -o /dev/null -D - -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$REGISTRY/v2/$NAME/manifests/$1" |
    tr -d '\r' | sed -n 's/^Docker-Content-Digest: //Ip'
}

containers_here() { docker ps -aq --filter "label=com.docker.compose.project=$PROJECT" | wc -l; }

log_of() { cat "$ROOT/var/log/dayfly/shop/prod/$(deploy_id "$SERIAL").log"; }
