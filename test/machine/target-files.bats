#!/usr/bin/env bats
# 1-17: files and templates from a bundle, live without rebuilding an image.

setup() {
  load deployctl.bash
  make_target
  rm "$ROOT"/fakes/*
  FILES=$ROOT/etc/dayfly/apps/files
  cp -R "$REPO/target-host/examples/files" "$FILES"
  mkdir "$ROOT/bundles"
  printf 'BUNDLES=%s/bundles\nLIVE=%s/custom/live\n' "$ROOT" "$ROOT" >"$FILES/settings.env"
  sed "s|/etc/dayfly|$ROOT/etc/dayfly|" "$REPO/target-host/examples/files/app.env" >"$ROOT/etc/dayfly/apps/shop.env"
  printf 'DISK_MIN_MB=1\nHEALTH_TRIES=2\nHEALTH_INTERVAL_SECONDS=1\nHEALTH_REQUEST_SECONDS=60\n' >>"$ROOT/etc/dayfly/apps/shop.env"
}

# bundle TEXT: sets DIGEST to that of a bundle whose home.tmpl says TEXT.
bundle() {
  mkdir -p "$BATS_TEST_TMPDIR/b/templates"
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/b/templates/home.tmpl"
  tar -czf "$BATS_TEST_TMPDIR/b.tgz" -C "$BATS_TEST_TMPDIR/b" templates
  publish
}

publish() {
  local sum
  sum=$(sha256sum <"$BATS_TEST_TMPDIR/b.tgz" | cut -d' ' -f1)
  DIGEST=sha256:$sum
  cp "$BATS_TEST_TMPDIR/b.tgz" "$ROOT/bundles/$sum.tar.gz"
}

put() {
  deploy "v$1.0.0" "DEPLOY_COMMIT=$(commit "$1")" "DEPLOY_DIGEST=$DIGEST"
}

live() { cat "$ROOT/custom/live/templates/home.tmpl"; }

@test "1-17 a bundle goes live by one switch, and the next one replaces it" {
  bundle one
  put 1
  expect 0 deployed
  [ "$(live)" = one ]
  bundle two
  put 2
  expect 0
  [ "$(live)" = two ]
  [ -L "$ROOT/custom/live" ]
}

@test "1-17 a rollback switches back to files that are still here" {
  bundle one
  put 1
  bundle two
  put 2
  rm -r "$ROOT/bundles"
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0 deployed
  [ "$(live)" = one ]
}

@test "1-17 a bundle that is not the asked one changes nothing: 2; one that is not there: 5" {
  bundle one
  put 1
  bundle two
  echo garbage >"$ROOT/bundles/${DIGEST#sha256:}.tar.gz"
  put 2
  expect 2 apply-failed
  rm "$ROOT/bundles/${DIGEST#sha256:}.tar.gz"
  put 2
  expect 5 apply-failed
  [ "$(live)" = one ]
  [ "$(state '.releases | length')" -eq 1 ]
}

@test "1-17 a bundle with links or with paths that lead out is refused" {
  bundle one
  put 1
  ln -s /etc/passwd "$BATS_TEST_TMPDIR/b/passwd"
  tar -czf "$BATS_TEST_TMPDIR/b.tgz" -C "$BATS_TEST_TMPDIR/b" passwd
  publish
  put 2
  expect 2
  tar -czPf "$BATS_TEST_TMPDIR/b.tgz" --transform 's|^|../../|' -C "$BATS_TEST_TMPDIR/b" templates
  publish
  put 3
  expect 2
  [ "$(live)" = one ]
}

@test "1-17 a live commit that stays old brings the files before back" {
  bundle one
  put 1
  printf '#!/bin/sh\nprintf %%s %s\n' "$(commit 1)" >"$FILES/version"
  bundle two
  put 2
  expect 1 stale-version
  [ "$(live)" = one ]
}

@test "1-17 a first bundle that fails leaves no link" {
  printf '#!/bin/sh\nexit 1\n' >"$FILES/health"
  bundle one
  put 1
  expect 7 unhealthy
  [ ! -e "$ROOT/custom/live" ]
}

@test "1-17 the newest three releases are kept" {
  local n
  for n in 1 2 3 4 5; do
    bundle "text $n"
    put "$n"
    expect 0
  done
  [ "$(ls "$DATA/work/releases" | wc -l)" -eq 3 ]
  [ "$(live)" = 'text 5' ]
}

# broken N: its version tells another commit than it is.
broken() {
  bundle "broken $1"
  printf '#!/bin/sh\nif grep -q ^broken %s/custom/live/templates/home.tmpl; then echo 0; else cat %s/custom/live/.commit; fi\n' "$ROOT" "$ROOT" >"$FILES/version"
  put "$1"
}

@test "1-17 however many broken ones come, the good release before them is still there to return to" {
  local n
  bundle 'text 1'
  put 1
  bundle 'text 2'
  put 2
  rm -r "$ROOT/bundles" && mkdir "$ROOT/bundles"
  for n in 3 4 5 6; do
    broken "$n"
    expect 1 stale-version
    [ "$(live)" = 'text 2' ]
  done
  rm -r "$ROOT/bundles"
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0 deployed
  [ "$(live)" = 'text 1' ]
}

@test "1-17 an old release that was returned to comes back when the next one fails" {
  local n first
  bundle 'text 1'
  first=$DIGEST
  put 1
  for n in 2 3; do
    bundle "text $n"
    put "$n"
  done
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50 DEPLOY_TAG=v1.0.0 "DEPLOY_COMMIT=$(commit 1)" "DEPLOY_DIGEST=$first"
  expect 0 deployed
  SERIAL=50
  broken 4
  expect 1 stale-version
  [ "$(live)" = 'text 1' ]
}

@test "1-17 the same commit packed again has files of its own: a broken one does not take the good one's place" {
  local good
  bundle 'text 1'
  good=$DIGEST
  put 1
  broken 1
  expect 1 stale-version
  [ "$(live)" = 'text 1' ]
  [ "$(state '.releases[0].digest')" = "$good" ]
}

@test "1-17 a disk that fills while a bundle is unpacked: 6, nothing changed, nothing left lying" {
  bundle one
  put 1
  cat >"$ROOT/fakes/tar" <<END
#!/bin/sh
case \$* in *-x*) ;; *) exec /usr/bin/env -u PATH /usr/bin/tar "\$@" ;; esac
/usr/bin/tar "\$@"
echo 'tar: templates/home.tmpl: Wrote only 512 of 10240 bytes' >&2
exit 2
END
  chmod +x "$ROOT/fakes/tar"
  bundle two
  put 2
  expect 6 apply-failed
  [ "$(said .outcome)" = failed ]
  [ "$(live)" = one ]
  [ "$(ls "$DATA/work/releases" | wc -l)" -eq 1 ]
  rm "$ROOT/fakes/tar"
  put 2
  expect 0 deployed
  [ "$(live)" = two ]
}

@test "1-17 a bundle of files that nobody may write, with names of any kind, goes live and can be forgotten" {
  local name folder=$BATS_TEST_TMPDIR/b/templates
  mkdir -p "$folder/sub"
  for name in 'a b' $'new\nline' -rf '*' '$(touch run)' "it's" '..x' ünïcode; do echo text >"$folder/sub/$name"; done
  echo one >"$folder/home.tmpl"
  chmod 0444 "$folder"/sub/*
  chmod 0555 "$folder/sub" "$folder"
  tar -czf "$BATS_TEST_TMPDIR/b.tgz" -C "$BATS_TEST_TMPDIR/b" templates
  chmod -R u+w "$folder"
  publish
  put 1
  expect 0 deployed
  [ "$(find "$ROOT/custom/live/templates/sub" -type f -print0 | tr -cd '\0' | wc -c)" -eq 8 ]
  [ -z "$(find -L "$ROOT/custom/live" ! -perm -u+w -print)" ]
}
