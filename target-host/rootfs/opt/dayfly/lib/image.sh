# shellcheck shell=bash
# Getting an image, by digest, and being sure that it is the one that was asked for. Changes nothing that runs.

# compose_fetch: NEW becomes the release with its digest and commit.
compose_fetch() {
  local digest=${ASKED[digest]} label
  [[ ${ASKED[bundle]} == - ]] || { because no-bundles 'this app is an image, not a bundle of files' || return 2; }
  if [[ $digest != - ]] && bounded 10 docker image inspect -- "${APP[IMAGE]}@$digest" >/dev/null 2>&1; then
    say "image $digest is here already"
  elif [[ $digest != - ]]; then
    pull "${APP[IMAGE]}@$digest" || return
  else
    pull "${APP[IMAGE]}:${ASKED[tag]}" || return
    digest=$(digest_of "${APP[IMAGE]}:${ASKED[tag]}") || { because no-digest 'the registry told no digest' || return 5; }
  fi
  fits_platform "${APP[IMAGE]}@$digest" || return 5
  label=$(bounded 10 docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' -- "${APP[IMAGE]}@$digest")
  NEW=$(jq -nc --arg tag "${ASKED[tag]}" --arg digest "$digest" '{tag: $tag, digest: $digest}')
  check_label "$label"
}

# pull REFERENCE: 5, or 6 when it was our own disk.
pull() {
  local said code=0
  say "pulling $1"
  said=$(bounded "$(within "${APP[PULL_SECONDS]}")" docker pull -q -- "$1" 2>&1) || code=$?
  printf '%s\n' "$said"
  ((code > 0)) || return 0
  case ${said,,} in
    *'no space left'*) because disk-full 'no space left for the image' || return 6 ;;
    *unauthorized* | *denied* | *'401'* | *'no basic auth'*)
      because registry-denied "the registry refuses the login in $DOCKER_CONFIG: expired, or for another path" || return 5 ;;
    *'manifest unknown'* | *'not found'*) because image-missing "the registry has no $1" || return 5 ;;
    *'no matching manifest'*) because wrong-architecture "the image is not built for this host ($PLATFORM)" || return 5 ;;
  esac
  ((code != 124)) || because pull-timeout "not pulled within ${APP[PULL_SECONDS]} s" || return 5
  because pull-failed 'docker pull failed' || return 5
}

digest_of() {
  bounded 10 docker image inspect -- "$1" | jq -er --arg image "${APP[IMAGE]}@" '
    .[0].RepoDigests | ([.[] | select(startswith($image))] + [.[] | select(endswith($image | split("/")[-1]) | not)]) | first | split("@")[1] // empty'
}

fits_platform() {
  local built
  built=$(bounded 10 docker image inspect --format '{{.Architecture}}' -- "$1") || built=unknown
  [[ $built == "$PLATFORM" ]] || because wrong-architecture "the image is built for $built, this host is $PLATFORM"
}

# check_label REVISION: the image's own word on its commit, the tag and the request must agree.
check_label() {
  local commit=${ASKED[commit]}
  if fits commit "$1"; then
    [[ $commit == - ]] && commit=$1
    [[ $commit == "$1" ]] || { because wrong-revision "the image was built from $1" || return 2; }
  elif [[ ${APP[ALLOW_UNLABELLED]} != yes ]]; then
    because no-revision 'the image has no label org.opencontainers.image.revision' || return 2
  fi
  [[ $commit != - ]] || { because no-commit 'no commit was given and the image names none' || return 2; }
  name_commit "$commit"
}

# name_commit COMMIT: also for apps without an image.
name_commit() {
  local tag=${ASKED[tag]}
  if [[ $tag == sha-* && ${1:0:7} != "${tag#sha-}" ]]; then
    because wrong-revision "commit $1 does not begin like the tag $tag" || return 2
  fi
  NEW=$(jq -c --arg commit "$1" '.commit = $commit' <<<"$NEW")
}
