#!/usr/bin/env bats
# 1-17: the bundle that the control plane hands over is fetched and checked before anything changes.

setup() {
  load deployctl.bash
  make_target
  rm "$ROOT"/fakes/*
  FILES=$ROOT/etc/dayfly/apps/files
  cp -R "$REPO/target-host/examples/files" "$FILES"
  printf 'LIVE=%s/custom/live\n' "$ROOT" >"$FILES/settings.env"
  sed "s|/etc/dayfly|$ROOT/etc/dayfly|" "$REPO/target-host/examples/files/app.env" >"$ROOT/etc/dayfly/apps/shop.env"
  printf 'DISK_MIN_MB=1\nHEALTH_TRIES=2\nHEALTH_INTERVAL_SECONDS=1\nHEALTH_REQUEST_SECONDS=60\n' >>"$ROOT/etc/dayfly/apps/shop.env"
  PACKED=$BATS_TEST_TMPDIR/b.tgz
}

# pack TEXT: a bundle whose home.tmpl says TEXT.
pack() {
  mkdir -p "$BATS_TEST_TMPDIR/b/templates"
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/b/templates/home.tmpl"
  tar -czf "$PACKED" -C "$BATS_TEST_TMPDIR/b" templates
}

# put N [DEPLOY_*=value...]: the packed file, under its own digest.
put() {
  local n=$1
  shift
  deploy "v$n.0.0" "DEPLOY_COMMIT=$(commit "$n")" "DEPLOY_DIGEST=sha256:$(sha256sum <"$PACKED" | cut -d' ' -f1)" "DEPLOY_BUNDLE=file://$PACKED" "$@"
}

live() { cat "$ROOT/custom/live/templates/home.tmpl"; }

# The release before is live and recorded, and nothing of the refused one is left.
one_is_live() {
  [ "$(live)" = one ]
  [ "$(state '.releases | length')" -eq 1 ]
  [ ! -e "$DATA/bundle.tar.gz" ]
}

@test "1-17 what is handed over goes live, and is not kept" {
  pack one
  put 1
  expect 0 deployed
  one_is_live
}

@test "1-17 a bundle that is not the asked one is refused before anything changes" {
  pack one
  put 1
  pack two
  put 2 "DEPLOY_DIGEST=$(digest 7)"
  expect 2 wrong-bundle
  one_is_live
}

@test "1-17 a bundle that is gone, or whose address has expired, changes nothing: 5" {
  pack one
  put 1
  put 2 "DEPLOY_BUNDLE=file://$BATS_TEST_TMPDIR/nothing"
  expect 5 bundle-unavailable
  one_is_live
}

@test "1-17 a bundle of more than 100 MiB is not even fetched" {
  pack one
  put 1
  truncate -s 104857601 "$BATS_TEST_TMPDIR/large"
  put 2 "DEPLOY_BUNDLE=file://$BATS_TEST_TMPDIR/large"
  expect 2 bundle-too-large
  one_is_live
}

@test "1-17 a small bundle that unpacks to more than 1 GiB is refused" {
  pack one
  put 1
  truncate -s 1073741825 "$BATS_TEST_TMPDIR/b/zeros"
  tar -cf - -C "$BATS_TEST_TMPDIR/b" zeros | gzip -1 >"$PACKED"
  put 2
  expect 2 unsafe-bundle
  one_is_live
}

@test "1-17 a small bundle of more than 100,000 files is refused" {
  pack one
  put 1
  : >"$BATS_TEST_TMPDIR/b/empty"
  yes empty | head -n 100001 | tar -cf - --hard-dereference -C "$BATS_TEST_TMPDIR/b" --files-from - | gzip -1 >"$PACKED"
  put 2
  expect 2 unsafe-bundle
  one_is_live
}

@test "1-17 links, paths that lead out and other archives are refused, whatever their digest" {
  local folder=$BATS_TEST_TMPDIR/b
  pack one
  put 1
  ln -s /etc/passwd "$folder/passwd"
  tar -czf "$PACKED" -C "$folder" passwd templates
  put 2
  expect 2 unsafe-bundle
  ln "$folder/templates/home.tmpl" "$folder/templates/again.tmpl"
  tar -czf "$PACKED" -C "$folder" templates
  put 3
  expect 2 unsafe-bundle
  rm "$folder/templates/again.tmpl"
  mkfifo "$folder/pipe"
  tar -czf "$PACKED" -C "$folder" pipe
  put 4
  expect 2 unsafe-bundle
  tar -czPf "$PACKED" --transform 's|^|../../|' -C "$folder" templates
  put 5
  expect 2 unsafe-bundle
  tar -czPf "$PACKED" "$folder/templates"
  put 6
  expect 2 unsafe-bundle
  tar -czf "$PACKED" --transform 's|home|a/../../home|' -C "$folder" templates
  put 7
  expect 2 unsafe-bundle
  echo garbage >"$PACKED"
  put 8
  expect 2 unsafe-bundle
  one_is_live
}

@test "1-17 an address needs the digest that it is checked by" {
  pack one
  put 1 DEPLOY_DIGEST=-
  expect 2 no-digest
}

@test "1-17 an app that is an image takes no bundle" {
  compose_app
  cp "$REPO"/test/machine/fakes/deployctl/* "$ROOT/fakes/"
  image 1 v1.0.0
  pack one
  put 1
  expect 2 no-bundles
}

@test "2-07 an address that would be more than an address is refused, and touches nothing" {
  local address
  pack one
  put 1
  for address in http://example.com/b ftp://example.com/b '/etc/passwd' 'file:///b";output="/x' 'https://example.com/$(id)' \
    'https://user@example.com/b' $'https://example.com/b\n-o/x' "https://example.com/$(printf 'a%.0s' {1..4096})"; do
    nothing_changed put 2 "DEPLOY_BUNDLE=$address"
    expect 2 bad-bundle
  done
  one_is_live
}

@test "2-20 the address stands in no log, no line, no record and no program's arguments" {
  local address=https://bucket.test/bundles/shop/b.tar.gz?X-Amz-Signature=5ec4e7
  cat >"$ROOT/fakes/curl" <<END
#!/bin/sh
tr '\0' ' ' </proc/\$\$/cmdline >"$WORLD/arguments"
exit 22
END
  chmod +x "$ROOT/fakes/curl"
  pack one
  put 1 "DEPLOY_BUNDLE=$address"
  expect 5 bundle-unavailable
  grep -q -- --config "$WORLD/arguments"
  refute_contains "$(cat "$WORLD/arguments") $output $stderr" 5ec4e7
  ! grep -rq 5ec4e7 "$ROOT/var"
}

@test "1-17 a rollback does not take the new bundle for that of the release before" {
  pack one
  put 1
  sed -i '/^ROLLBACK=/d' "$ROOT/etc/dayfly/apps/shop.env"
  printf '#!/bin/sh\nprintf %%s %s\n' "$(commit 1)" >"$FILES/version"
  printf '#!/bin/sh\necho "$RELEASE ${BUNDLE##*/}" >>"%s/applied"\n' "$WORLD" >"$FILES/apply"
  pack two
  put 2
  expect 1 stale-version
  [ "$(cat "$WORLD/applied")" = $'v2.0.0 bundle.tar.gz\nv1.0.0 -' ]
}

@test "1-17 killed while it looks through the bundle: the next deploy finds nothing half done" {
  pack one
  put 1
  cat >"$ROOT/fakes/tar" <<END
#!/bin/sh
kill -9 \$(cat "$WORLD/pid")
exec sleep 0.2
END
  chmod +x "$ROOT/fakes/tar"
  pack two
  SERIAL=2
  local code=0
  (
    export DEPLOY_APP=shop DEPLOY_ENV=prod DEPLOY_TAG=v2.0.0 DEPLOY_MODE=normal DEPLOY_FENCE=2
    export DEPLOY_COMMIT DEPLOY_DIGEST DEPLOY_ID DEPLOY_NOT_AFTER DEPLOY_BUNDLE=file://$PACKED
    DEPLOY_COMMIT=$(commit 2) DEPLOY_DIGEST=sha256:$(sha256sum <"$PACKED" | cut -d' ' -f1) DEPLOY_ID=$(deploy_id 2)
    DEPLOY_NOT_AFTER=$(($(date +%s) + 600))
    exec bash -c 'echo $$ >"$1"; exec "$2" deploy' - "$WORLD/pid" "$DEPLOYCTL"
  ) >/dev/null 2>&1 3>&- || code=$?
  [ "$code" -eq 137 ]
  rm "$ROOT/fakes/tar"
  lock_is_free
  [ -e "$DATA/bundle.tar.gz" ]
  [ "$(live)" = one ]
  put 3
  expect 0 deployed
  [ "$(live)" = two ]
  [ ! -e "$DATA/bundle.tar.gz" ]
}
