# shellcheck shell=bash
# From the repository to a clean tree of one exact commit.

# fetch_source: through the proxy or not at all; the host key is the pinned one or the step fails. A commit that is here already needs no way out.
fetch_source() {
  local proxy='' way=()
  ! git -C "$MIRROR" cat-file -e "$COMMIT^{commit}" 2>/dev/null || return 0
  if [[ -n ${PROXY:-} ]]; then
    # The protocols that go through it; git:// and whatever a server leads on to would find a way of their own.
    way=(-c "http.proxy=$PROXY" -c protocol.allow=never -c protocol.ssh.allow=always -c protocol.https.allow=always -c protocol.http.allow=always)
    proxy="-o ProxyCommand='nc -X connect -x ${PROXY#http://} %h %p'"
  fi
  [[ -d $MIRROR ]] || git init -q --bare "$MIRROR"
  GIT_TERMINAL_PROMPT=0 GIT_CONFIG_NOSYSTEM=1 \
    GIT_SSH_COMMAND="ssh -i '$GIT_KEY' -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile='$KNOWN_HOSTS' -o GlobalKnownHostsFile=/dev/null $proxy" \
    git -C "$MIRROR" "${way[@]}" fetch -q --no-tags --depth 1 -- "$SOURCE" "$COMMIT"
  [[ $(git -C "$MIRROR" rev-parse --verify -q "$COMMIT^{commit}") == "$COMMIT" ]]
}

# export_source FOLDER: tracked files of that commit and nothing else.
export_source() {
  rm -rf -- "$1"
  mkdir -p "$1"
  git -C "$MIRROR" archive "$COMMIT" | tar -x -C "$1"
}

# sync_source FOLDER: TREE becomes a copy; stale files go, what KEEP names stays.
sync_source() {
  local name
  mkdir -p "$TREE"
  while IFS= read -r -d '' name; do
    is_kept "${name##*/}" || rm -rf -- "$name"
  done < <(find "$TREE" -mindepth 1 -maxdepth 1 -print0)
  cp -R -- "$1/." "$TREE/"
}

is_kept() {
  local kept
  for kept in $KEEP; do [[ $kept != "$1" ]] || return 0; done
  return 1
}
