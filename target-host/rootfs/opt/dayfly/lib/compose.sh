# shellcheck shell=bash
# An app of containers: one compose project, whose file takes ${IMAGE} or ${IMAGE_TAG} from us.

COMPOSE=()
PLATFORM=''

compose_check() {
  local key
  for key in IMAGE COMPOSE_FILE SERVICES HEALTH_URL; do
    CONFIG_PROBLEM="$key is needed"
    [[ -n ${APP[$key]} ]] || return 1
  done
  CONFIG_PROBLEM='IMAGE must be a repository without tag, like registry.example.com/shop'
  [[ ${APP[IMAGE]} =~ ^[a-z0-9][a-z0-9.:/_-]{0,200}$ && ! ${APP[IMAGE]##*/} == *:* ]] || return 1
  CONFIG_PROBLEM='SERVICES must be names of compose services'
  [[ ${APP[SERVICES]} =~ ^[A-Za-z0-9][A-Za-z0-9._\ -]*$ ]] || return 1
  CONFIG_PROBLEM='HEALTH_URL must be http on this host: http://127.0.0.1:PORT/path'
  [[ ${APP[HEALTH_URL]} =~ ^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?/[!-~]*$ ]] || return 1
  CONFIG_PROBLEM='VERSION_URL must be http or https'
  [[ -z ${APP[VERSION_URL]} || ${APP[VERSION_URL]} =~ ^https?://[!-~]+$ ]] || return 1
  export DOCKER_CONFIG=$ROOT/var/lib/dayfly/docker
}

# compose_ready: daemon, compose and disk; otherwise nothing is begun.
compose_ready() {
  local docker_root
  PLATFORM=$(bounded 20 docker version --format '{{.Server.Arch}}' 2>/dev/null) ||
    { because docker-down "the Docker daemon does not answer" || return 1; }
  find_compose || { because compose-missing 'neither docker compose nor docker-compose is here' || return 1; }
  [[ -r ${APP[COMPOSE_FILE]} ]] || { because compose-file "${APP[COMPOSE_FILE]} cannot be read" || return 1; }
  docker_root=$(bounded 10 docker info --format '{{.DockerRootDir}}' 2>/dev/null) || docker_root=/
  [[ -d $docker_root ]] || docker_root=/
  if ! enough_disk "$docker_root" || ! enough_disk "$FOLDER"; then
    because disk-full "less than ${APP[DISK_MIN_MB]} MB are free"
  fi
}

# One adapter for both generations. The first one is only looked for: starting it takes longer than most of a deploy.
find_compose() {
  if bounded 20 docker compose version >/dev/null 2>&1; then
    COMPOSE=(docker compose)
  elif command -v docker-compose >/dev/null; then
    COMPOSE=(docker-compose)
  else
    return 1
  fi
}

# compose SECONDS RELEASE ARGUMENTS...: values in the environment win over the .env file beside the compose file.
compose() {
  local seconds=$1 release=$2 tag digest commit
  shift 2
  tag=$(field tag "$release")
  digest=$(field digest "$release")
  commit=$(field commit "$release")
  IMAGE=${APP[IMAGE]}@${digest#-} IMAGE_TAG=${tag#-} IMAGE_DIGEST=${digest#-} COMMIT=${commit#-} \
    bounded "$seconds" "${COMPOSE[@]}" -p "${APP[PROJECT]}" -f "${APP[COMPOSE_FILE]}" "$@"
}

compose_apply() {
  local more=() services
  read -ra services <<<"${APP[SERVICES]}"
  [[ ${ASKED[mode]} != force ]] || more=(--force-recreate)
  compose "$(within "${APP[APPLY_SECONDS]}")" "$1" up -d --no-build "${more[@]}" "${services[@]}" ||
    { why_not_up || return 1; }
  uses_image "$1" || because image-not-used 'no container runs the image: its service must take it from the variable IMAGE'
}

# An engine whose power was cut while a container restarted has been seen to hold that port, for nobody, until its own next start.
why_not_up() {
  case $(log_tail 2000) in
    *'port is already allocated'* | *'address already in use'*)
      because port-taken 'a port of the app is taken; where neither a program nor a container has it, restart Docker' ;;
    *) because apply-failed 'compose up failed' ;;
  esac
}

# compose_stop: a first deploy that failed leaves nothing running.
compose_stop() {
  compose "$(within 60)" '{}' down --remove-orphans && [[ -z $(containers -q) ]]
}

compose_restore() {
  compose_apply "$1"
}

compose_probe() {
  http_probe
}

compose_live_commit() {
  http_commit
}
