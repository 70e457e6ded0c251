# shellcheck shell=bash
# Getting an image, by digest, and being sure that it is the one that was asked for. Changes nothing that runs.

# What one look at the image told.
declare -A IMAGE_SEEN=([id]='' [digest]='' [processor]='' [revision]='')

# compose_fetch: NEW becomes the release with its digest and commit.
compose_fetch() {
  local digest=${ASKED[digest]} reference=${APP[IMAGE]}:${ASKED[tag]}
  [[ ${ASKED[bundle]} == - ]] || { because no-bundles 'this app is an image, not a bundle of files' || return 2; }
  [[ $digest == - ]] || reference=${APP[IMAGE]}@$digest
  if [[ $digest != - ]] && see_image "$reference" 2>/dev/null; then
    say "image $digest is here already"
  else
    pull "$reference" || return
    see_image "$reference" || { because no-digest 'the registry told no digest' || return 5; }
  fi
  [[ $digest != - ]] || digest=${IMAGE_SEEN[digest]}
  [[ ${IMAGE_SEEN[processor]} == "$PLATFORM" ]] ||
    { because wrong-architecture "the image is built for ${IMAGE_SEEN[processor]}, this host is $PLATFORM" || return 5; }
  check_label "$digest" "${IMAGE_SEEN[revision]}"
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
    *unauthorized* | *denied* | *' 401' | *' 401'[!0-9]* | *'no basic auth'* | *'error getting credentials'*)
      because registry-denied "the registry refuses the login in $DOCKER_CONFIG: expired, or for another path" || return 5 ;;
    *'manifest unknown'* | *'not found'*) because image-missing "the registry has no $1" || return 5 ;;
    *'no matching manifest'*) because wrong-architecture "the image is not built for this host ($PLATFORM)" || return 5 ;;
  esac
  ((code != 124)) || because pull-timeout "not pulled within ${APP[PULL_SECONDS]} s" || return 5
  because pull-failed 'docker pull failed' || return 5
}

# see_image REFERENCE: what an image says of itself is anybody's text; only plain words come through, each on its line.
see_image() {
  local seen
  seen=$(bounded 10 docker image inspect -- "$1" | jq -er --arg image "${APP[IMAGE]}@" '
    def word: strings | select(test("\\A[A-Za-z0-9:_-]+\\z"));
    .[0] | .Id, (.RepoDigests | ([.[] | select(startswith($image))] + [.[] | select(endswith($image | split("/")[-1]) | not)]) |
      first | split("@")[1]), ((.Architecture | word) // "unknown"), ((.Config.Labels["org.opencontainers.image.revision"] | word) // "-")') || return 1
  mapfile -t seen <<<"$seen"
  IMAGE_SEEN=([id]=${seen[0]} [digest]=${seen[1]} [processor]=${seen[2]} [revision]=${seen[3]})
  fits digest "${IMAGE_SEEN[digest]}"
}

# check_label DIGEST REVISION: the image's own word on its commit, the tag and the request must agree.
check_label() {
  local commit=${ASKED[commit]}
  if fits commit "$2"; then
    [[ $commit == - ]] && commit=$2
    [[ $commit == "$2" ]] || { because wrong-revision "the image was built from $2" || return 2; }
  elif [[ ${APP[ALLOW_UNLABELLED]} != yes ]]; then
    because no-revision 'the image has no label org.opencontainers.image.revision' || return 2
  fi
  [[ $commit != - ]] || { because no-commit 'no commit was given and the image names none' || return 2; }
  name_commit "$1" "$commit"
}

# name_commit DIGEST COMMIT: NEW becomes the release; also for apps without an image.
name_commit() {
  local tag=${ASKED[tag]}
  if [[ $tag == sha-* && ${2:0:7} != "${tag#sha-}" ]]; then
    because wrong-revision "commit $2 does not begin like the tag $tag" || return 2
  fi
  NEW=$(release_of "$tag" "$1" "$2")
}
