# shellcheck shell=bash
# The files of a release without an image: fetched and looked through before anything changes; APPLY gets the path as BUNDLE.

readonly BUNDLE_LIMIT=104857600 UNPACKED_LIMIT=1073741824 FILES_LIMIT=100000 LIST_LIMIT=67108864
BUNDLE=-

# fetch_bundle: BUNDLE becomes the path of the checked file; it stays `-` where no address was handed over.
fetch_bundle() {
  local code=0 file=$FOLDER/bundle.tar.gz
  rm -f -- "$file"
  [[ ${ASKED[bundle]} != - ]] || return 0
  [[ ${ASKED[digest]} != - ]] || { because no-digest 'a bundle is known by its digest, and none was given' || return 2; }
  BUNDLE=$file
  # The address is a right to read, and everybody here sees a program's arguments.
  bounded "$(within "${APP[PULL_SECONDS]}")" curl -q -fsS --proto =https,file --max-filesize "$BUNDLE_LIMIT" -o "$file" \
    --config <(printf 'url = "%s"\n' "${ASKED[bundle]}") || code=$?
  case $code in
    0) ;;
    23) because disk-full 'the bundle cannot be written' || return 6 ;;
    63) because bundle-too-large 'the bundle has more than 100 MiB' || return 2 ;;
    124) because bundle-timeout "the bundle was not fetched within ${APP[PULL_SECONDS]} s" || return 5 ;;
    *) because bundle-unavailable "the bundle cannot be fetched (curl ended with $code): gone, or its address has expired" || return 5 ;;
  esac
  check_bundle "$file"
}

check_bundle() {
  (($(stat -c %s -- "$1") <= BUNDLE_LIMIT)) || { because bundle-too-large 'the bundle has more than 100 MiB' || return 2; }
  [[ sha256:$(sha256sum -- "$1" | cut -d' ' -f1) == "${ASKED[digest]}" ]] ||
    { because wrong-bundle 'the bundle is not the one that was asked for' || return 2; }
  holds_plain_files "$1" ||
    { because unsafe-bundle 'the bundle is no gzipped tar of plain files, or holds links, devices, paths that lead out, more than 1 GiB or more than 100,000 files' || return 2; }
}

# Nothing but files and folders below the place where they are unpacked, and not more than fits. A list that is too long to keep fails.
holds_plain_files() {
  local listed names
  listed=$(bounded "$(within 60)" tar --numeric-owner -tvzf "$1" | head -c "$LIST_LIMIT") &&
    names=$(bounded "$(within 60)" tar -tzf "$1" | head -c "$LIST_LIMIT") || return 1
  [[ -n $names ]] && ! grep -qvE '^[-d]' <<<"$listed" && ! grep -qE '(^/|(^|/)\.\.(/|$))' <<<"$names" &&
    awk -v limit="$UNPACKED_LIMIT" -v files="$FILES_LIMIT" '{ bytes += $3 } END { exit bytes > limit || NR > files }' <<<"$listed"
}

forget_bundle() {
  [[ $BUNDLE == - ]] || rm -f -- "$BUNDLE"
}
