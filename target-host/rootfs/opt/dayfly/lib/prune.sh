# shellcheck shell=bash
# Old images of this app: tagged ones too, since every commit leaves one. Only after a success, and never one that may be needed.

compose_prune() {
  local id kept=0 oldest
  oldest=$(($(now) - APP[PRUNE_HOURS] * 3600))
  while read -r id; do
    kept=$((kept + 1))
    ((kept > APP[KEEP])) || continue
    prune_image "$id" "$oldest" || say "image $id stays: it could not be removed"
  done < <(bounded 20 docker image ls -q --no-trunc -- "${APP[IMAGE]}" | uniq)
}

# prune_image ID OLDEST: removes our names of it; the image itself goes with its last name.
prune_image() {
  local image name
  image=$(bounded 10 docker image inspect -- "$1" | jq -c --argjson state "$STATE" --argjson oldest "$2" --arg image "${APP[IMAGE]}" '
    .[0] | ([.RepoTags[]?, .RepoDigests[]?] | map(select(startswith($image + ":") or startswith($image + "@")))) as $names
    | ([$state.releases[].digest] | map($image + "@" + .)) as $needed
    | select((.Created[:19] + "Z" | fromdateiso8601) < $oldest and ($names | any(IN($needed[])) | not)) | $names') || return 1
  [[ -n $image ]] || return 0
  [[ -z $(bounded 10 docker ps -aq --filter "ancestor=$1") ]] || return 0
  while IFS= read -r name; do
    bounded 30 docker image rm -- "$name" >/dev/null || return 1
  done < <(jq -r '.[]' <<<"$image")
  say "removed image $1"
}
