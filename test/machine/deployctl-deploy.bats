#!/usr/bin/env bats
# A compose app going live: order, proof, and what stays untouched when getting the image fails.

setup() {
  load deployctl.bash
  make_target
  compose_app
  image 1 sha-0000001
  image 2 v2.0.0
  edit_image sha-0000001 ".commit = \"0000001$(printf 'a%.0s' {1..33})\""
}

@test "2-03 the digest and commit behind the asked tag go live and are recorded" {
  deploy v2.0.0 "DEPLOY_COMMIT=$(commit 2)" "DEPLOY_DIGEST=$(digest 2)"
  expect 0 deployed
  [ "$(said .outcome)" = deployed ]
  [ "$(running)" = "$(commit 2)" ]
  [ "$(said .running.digest)" = "$(digest 2)" ]
  [ "$(said .version_ok)" = true ]
  [ "$(state '.releases[0].tag')" = v2.0.0 ]
  [ "$(cat "$WORLD/ups")" = "up v2.0.0 registry.test/shop@$(digest 2) $(commit 2)" ]
  records_are_true
}

@test "2-04 the release is beside the state as variables for the compose file" {
  deploy v2.0.0
  grep -qx IMAGE_TAG=v2.0.0 "$DATA/release.env"
  grep -qx "IMAGE=registry.test/shop@$(digest 2)" "$DATA/release.env"
  grep -qx "COMMIT=$(commit 2)" "$DATA/release.env"
}

@test "2-10 the image is pulled before anything is changed, and pruning comes last" {
  deploy v2.0.0
  local order
  order=$(grep -oE 'docker (pull|compose .* up|image ls)|curl .*' "$WORLD/calls" | sed -E 's/docker compose .* up/up/; s/docker pull/pull/; s/docker image ls/prune/; s/curl .*healthz/health/; s/curl .*/version/' | uniq)
  [ "$(tr '\n' ' ' <<<"$order")" = 'pull up health version prune ' ]
}

@test "2-09 the release before is recorded as the one to return to, and printed" {
  image 3 v3.0.0
  deploy v2.0.0
  deploy v3.0.0
  expect 0
  [ "$(said .previous.tag)" = v2.0.0 ]
  [ "$(state '.releases[1].digest')" = "$(digest 2)" ]
}

@test "2-11 a pull that fails changes neither the container nor the tag file" {
  deploy v2.0.0
  local before
  before=$(cat "$DATA/release.env")
  deploy v9.9.9
  expect 5 image-missing
  [ "$(running)" = "$(commit 2)" ]
  [ "$(cat "$DATA/release.env")" = "$before" ]
  [ "$(wc -l <"$WORLD/ups")" -eq 1 ]
  records_are_true
}

@test "5 and 6: why a pull fails is told apart" {
  local said reason
  while IFS='|' read -r code reason said; do
    printf '%s\n' "$said" >"$WORLD/fail/pull"
    deploy v2.0.0
    expect "$code" "$reason"
    records_are_true
  done <<'END'
5|registry-denied|Error response from daemon: Head "https://registry.test/v2/": unauthorized: authentication required
5|registry-denied|denied: requested access to the resource is denied
5|registry-denied|received unexpected HTTP status: 401 Unauthorised
5|registry-denied|error getting credentials - err: exec: "docker-credential-x": executable file not found in $PATH
5|image-missing|manifest unknown: manifest unknown
5|image-missing|manifest for registry.test/shop@sha256:4014010 not found
5|pull-failed|read tcp 10.0.0.2:40122->10.0.0.1:443: read: connection reset by peer
5|wrong-architecture|no matching manifest for linux/arm64 in the manifest list entries
5|pull-failed|dial tcp 10.0.0.1:443: connect: connection refused
6|disk-full|write /var/lib/docker/tmp/x: no space left on device
END
}

@test "0-42 a refused login names the place of the login" {
  echo 'unauthorized: authentication required' >"$WORLD/fail/pull"
  deploy v2.0.0
  [[ $(said .text) == *"$ROOT/var/lib/dayfly/docker"* ]]
}

@test "5: an image for another processor is refused before the swap" {
  edit_image v2.0.0 '.arch = "arm64"'
  cp "$WORLD/registry/v2.0.0" "$WORLD/registry/$(digest 2)"
  deploy v2.0.0
  expect 5 wrong-architecture
  [ "$(running)" = nothing ]
}

@test "6: no daemon, no compose, no disk: nothing begins" {
  echo 'Cannot connect to the Docker daemon' >"$WORLD/fail/version"
  deploy v2.0.0
  expect 6 docker-down
  rm "$WORLD/fail/version"
  touch "$WORLD/compose-v1"
  rm "$ROOT/fakes/docker-compose"
  mkdir "$ROOT/bin" # this computer may have a real one
  ln -s -t "$ROOT/bin" /usr/bin/*
  rm -f "$ROOT/bin/docker-compose"
  printf 'PATH=%s:%s\n' "$ROOT/fakes" "$ROOT/bin" >"$ROOT/etc/dayfly/target.env"
  deploy v2.0.0
  expect 6 compose-missing
  rm "$WORLD/compose-v1"
  echo DISK_MIN_MB=99999 >>"$ROOT/etc/dayfly/apps/shop.env"
  printf '#!/bin/sh\nprintf "Filesystem 1M Used Available\\nx 1 1 1 1%% /\\n"\n' >"$ROOT/fakes/df"
  chmod +x "$ROOT/fakes/df"
  deploy v2.0.0 DEPLOY_MODE=force
  expect 6 disk-full
}

@test "compose of the first generation does the same" {
  touch "$WORLD/compose-v1"
  deploy v2.0.0
  expect 0 deployed
  grep -q '^docker compose -p shop_prod' "$WORLD/calls"
}

@test "3-14 the image's revision label must be the requested commit; otherwise 2, before anything changes" {
  deploy v2.0.0 "DEPLOY_COMMIT=$(commit 7)"
  expect 2 wrong-revision
  [ "$(running)" = nothing ]
  [ ! -e "$WORLD/ups" ]
}

@test "a sha- tag must begin like the commit it brings" {
  image 5 sha-1234567
  deploy sha-1234567
  expect 2 wrong-revision
  deploy sha-0000001
  expect 0
}

@test "an image without label goes live only where the app says so, and then by the requested commit" {
  edit_image v2.0.0 '.commit = null'
  cp "$WORLD/registry/v2.0.0" "$WORLD/registry/$(digest 2)"
  deploy v2.0.0 "DEPLOY_COMMIT=$(commit 2)"
  expect 2 no-revision
  echo ALLOW_UNLABELLED=yes >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v2.0.0
  expect 2 no-commit
  [ ! -e "$WORLD/ups" ]
}

@test "2-12 health is polled up to the configured number of tries, and the tries are told" {
  deploy v2.0.0
  [ "$(said .health.tries)" -eq 2 ]
  [ "$(said .health.status)" = 200 ]
  image 3 v3.0.0 unhealthy
  deploy v3.0.0
  expect 1 unhealthy
  [ "$(grep -c 'docker logs' "$WORLD/calls")" -ge 1 ]
}

@test "2-18 the release that runs already is a no-op, and starts anew when that is asked" {
  deploy v2.0.0
  deploy v2.0.0
  expect 0 noop
  [ "$(said .outcome)" = noop ]
  [ "$(said .version_ok)" = true ]
  [ "$(wc -l <"$WORLD/ups")" -eq 1 ]
  deploy v2.0.0 DEPLOY_MODE=force
  expect 0 deployed
  [ "$(wc -l <"$WORLD/ups")" -eq 2 ]
  grep -q 'up -d --no-build --force-recreate web' "$WORLD/calls"
}

@test "2-18 a recorded release that is not live any more is no no-op: it is made live again" {
  deploy v2.0.0
  rm "$WORLD/running"
  deploy v2.0.0
  expect 0 deployed
  records_are_true
}

@test "2-18 a recorded release that is live but not well is no no-op either" {
  deploy v2.0.0
  jq -c '.does = "unhealthy"' "$WORLD/running" >"$WORLD/sick"
  mv "$WORLD/sick" "$WORLD/running"
  deploy v2.0.0
  [ "$(said .outcome)" != noop ]
  [ "$(wc -l <"$WORLD/ups")" -gt 1 ]
}

@test "2-19 a mutable tag becomes a digest, so that a rollback means what ran" {
  image 1 main
  deploy main
  image 2 main
  deploy main
  expect 0
  [ "$(state '.releases[1].digest')" = "$(digest 1)" ]
  image 3 main
  ask rollback "DEPLOY_ID=$(deploy_id 50)" DEPLOY_FENCE=50
  expect 0 deployed
  [ "$(running)" = "$(commit 1)" ]
}

@test "2-13 old images are removed, tagged ones too, but never current, previous or the newest" {
  local n
  image 2 v2.0.0 ok 1000 # the oldest of all, and the one to return to
  for n in 3 4 5 6; do image "$n" "v$n.0.0" ok $((2000 + n)); cp "$WORLD/registry/v$n.0.0" "$WORLD/local/$(digest "$n")"; done
  deploy v2.0.0
  echo KEEP=2 >>"$ROOT/etc/dayfly/apps/shop.env"
  image 7 v7.0.0 ok "$(date +%s)"
  deploy v7.0.0
  expect 0
  [ -e "$WORLD/local/$(digest 7)" ]
  [ -e "$WORLD/local/$(digest 2)" ]
  [ -e "$WORLD/local/$(digest 6)" ]
  [ ! -e "$WORLD/local/$(digest 3)" ]
  [ ! -e "$WORLD/local/$(digest 5)" ]
}

@test "2-13 a prune that fails does not fail the deploy" {
  echo 'daemon is busy' >"$WORLD/fail/image-ls"
  deploy v2.0.0
  expect 0 deployed
}

@test "hooks run around the change; one that refuses before it changes nothing, one after it only warns" {
  printf '#!/bin/sh\necho "$0 $RELEASE $PREVIOUS" >>%s/hooks\n[ ! -e %s/refuse ]\n' "$WORLD" "$WORLD" >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  printf 'PRE_DEPLOY=%s/hook\n' "$ROOT" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v2.0.0
  expect 0
  [ "$(cat "$WORLD/hooks")" = "$ROOT/hook v2.0.0 -" ]
  touch "$WORLD/refuse"
  image 3 v3.0.0
  deploy v3.0.0
  expect 1 pre-deploy-hook
  [ "$(running)" = "$(commit 2)" ]
  sed -i s/PRE_DEPLOY/POST_DEPLOY/ "$ROOT/etc/dayfly/apps/shop.env"
  deploy v3.0.0
  expect 0 deployed
}

@test "whoever has the line finds the log whole" {
  printf '#!/bin/sh\nseq 1 3000\n' >"$ROOT/hook"
  chmod +x "$ROOT/hook"
  printf 'POST_DEPLOY=%s\n' "$ROOT/hook" >>"$ROOT/etc/dayfly/apps/shop.env"
  deploy v2.0.0
  [ "$(tail -n 1 "$(said .log.path)" | cut -d' ' -f2-)" = prune ]
}

@test "3-17 there is no success without the live commit: a version that cannot be read fails" {
  printf '#!/bin/sh\ncase "$*" in *healthz) printf 200;; *) printf "not json\\n200";; esac\n' >"$ROOT/fakes/curl"
  deploy v2.0.0
  expect 7 stale-version
  [ "$(state '.releases | length')" -eq 0 ]
}

@test "two apps whose names run into an environment share no compose project and no log" {
  image 1 v1.0.0
  sed 's/^ENVIRONMENTS=.*/ENVIRONMENTS=edge-dev/' "$ROOT/etc/dayfly/apps/shop.env" >"$ROOT/etc/dayfly/apps/one.env"
  sed 's/^ENVIRONMENTS=.*/ENVIRONMENTS=dev/' "$ROOT/etc/dayfly/apps/shop.env" >"$ROOT/etc/dayfly/apps/one-edge.env"
  deploy v1.0.0 DEPLOY_APP=one DEPLOY_ENV=edge-dev
  deploy v1.0.0 DEPLOY_APP=one-edge DEPLOY_ENV=dev
  [ "$(grep -o '^docker compose -p [^ ]*' "$WORLD/calls" | sort -u | wc -l)" -eq 2 ]
  [ "$(find "$ROOT/var/log/dayfly" -name '*.log' -printf '%h\n' | sort -u | wc -l)" -eq 2 ]
}
