# shellcheck shell=bash
# A release: one flat JSON object of tag, digest and commit, all of them words without quotes. Read and made here by the shell itself:
# starting jq takes longer than most of what a deploy does.

# release_of TAG DIGEST COMMIT: `-` where there is none.
release_of() {
  local release="\"tag\":\"$1\""
  [[ $2 == - ]] || release+=",\"digest\":\"$2\""
  printf '{%s,"commit":"%s"}' "$release" "$3"
}

# field NAME RELEASE: `-` where it has none.
field() {
  if [[ $2 =~ \"$1\":\"([^\"]*)\" ]]; then printf %s "${BASH_REMATCH[1]}"; else printf -- -; fi
}

# same_release A B: the same content, whatever its tag.
same_release() {
  [[ $(field commit "$1") == "$(field commit "$2")" && $(field digest "$1") == "$(field digest "$2")" ]]
}
