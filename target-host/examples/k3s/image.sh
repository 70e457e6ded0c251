# shellcheck shell=bash
# From the tree to an image in the store that the cluster runs from.

# build_image: this host's own builder; the proxy is known to this build only. An image of this commit that is in the store is used again.
build_image() {
  local proxy=()
  ! in_store || return 0
  [[ -z ${PROXY:-} ]] || proxy=(--build-arg "HTTP_PROXY=$PROXY" --build-arg "HTTPS_PROXY=$PROXY")
  HTTP_PROXY=${PROXY:-} HTTPS_PROXY=${PROXY:-} DOCKER_BUILDKIT=1 \
    docker build -q --build-arg BUILDKIT_INLINE_CACHE=1 --cache-from "$CONTAINER_IMAGE:cache" "${proxy[@]}" \
    --label "org.opencontainers.image.revision=$COMMIT" -t "$IMAGE" -t "$CONTAINER_IMAGE:cache" -- "$TREE" >/dev/null
}

# import_image: the builder's own tag proves nothing; the runtime's store has to have it.
import_image() {
  in_store || docker save "$IMAGE" | ctr -n k8s.io images import - >/dev/null
  in_store
}

in_store() {
  ctr -n k8s.io images ls -q "name==$IMAGE" | grep -qxF "$IMAGE"
}
