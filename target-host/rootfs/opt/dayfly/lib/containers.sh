# shellcheck shell=bash
# What the containers of a compose app say of themselves.

# containers DOCKER-PS-OPTIONS...: ids of the containers of the named services.
containers() {
  local service services
  read -ra services <<<"${APP[SERVICES]}"
  for service in "${services[@]}"; do
    bounded 10 docker ps "$@" --no-trunc --filter "label=com.docker.compose.project=${APP[PROJECT]}" \
      --filter "label=com.docker.compose.service=$service"
  done
}

# uses_image RELEASE: does any of the containers?
uses_image() {
  local digest wanted=${IMAGE_SEEN[id]} ids
  digest=$(field digest "$1")
  [[ ${IMAGE_SEEN[digest]} == "$digest" ]] ||
    wanted=$(bounded 10 docker image inspect --format '{{.Id}}' -- "${APP[IMAGE]}@$digest") || return 1
  mapfile -t ids < <(containers -q -a)
  ((${#ids[@]} > 0)) || return 1
  bounded 10 docker inspect --format '{{.Image}}' -- "${ids[@]}" | grep -qxF -- "$wanted"
}

# compose_alive: is there any use in waiting? A container that has ended or keeps restarting says no.
compose_alive() {
  local id state restarts code
  for id in $(containers -q -a); do
    read -r state restarts code < <(bounded 10 docker inspect --format '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' -- "$id")
    if [[ $state == exited || $state == dead ]] || ((${restarts:-0} >= 3)); then
      because crashed "a container ended with $code ($state, $restarts restarts)"
      return 1
    fi
  done
}

compose_explain() {
  local id
  show_health_body
  containers -a
  for id in $(containers -q -a); do bounded 10 docker logs --tail 50 -- "$id"; done
}

# compose_running: the release that its containers run, as far as they tell.
compose_running() {
  local id image
  id=$(containers -q | head -n 1)
  [[ -n $id ]] || return 1
  image=$(bounded 10 docker inspect --format '{{.Image}}' -- "$id") || return 1
  bounded 10 docker image inspect -- "$image" | jq -c --arg image "${APP[IMAGE]}@" '
    .[0] | {digest: ([.RepoDigests[]? | select(startswith($image)) | ltrimstr($image)] | first),
            commit: .Config.Labels["org.opencontainers.image.revision"]}'
}
