#!/usr/bin/env bats
# 2-27: one-time preparation of a target, scripted and idempotent.

setup() {
  load deployctl.bash
  INSTALL=$REPO/target-host/install.sh
  ROOT=$BATS_TEST_TMPDIR/host
}

contents() { (cd "$ROOT" && find . -printf '%p %m\n' | sort && find . -type f -exec sha256sum {} + | sort); }

@test "2-27 installing twice leaves the same files, and keeps what the owner changed" {
  "$INSTALL" --local --root "$ROOT"
  echo 'KIND=script' >"$ROOT/etc/dayfly/apps/mine.env"
  printf 'PATH=/opt/tools:%s\n' "$PATH" >"$ROOT/etc/dayfly/target.env"
  local before
  before=$(contents)
  "$INSTALL" --local --root "$ROOT"
  [ "$before" = "$(contents)" ]
}

@test "2-27 installing over another version brings its files up to date, and leaves records and settings" {
  "$INSTALL" --local --root "$ROOT"
  mkdir -p "$ROOT/var/lib/dayfly/shop/prod"
  echo '{"v":1}' >"$ROOT/var/lib/dayfly/shop/prod/state.json"
  local before
  before=$(contents)
  echo 'exit 1' >"$ROOT/opt/dayfly/lib/input.sh"
  rm "$ROOT/opt/dayfly/lib/log.sh"
  chmod 600 "$ROOT/opt/dayfly/bin/deployctl"
  chmod 777 "$ROOT/etc/dayfly/apps"
  "$INSTALL" --local --root "$ROOT"
  [ "$before" = "$(contents)" ]
}

@test "2-27 modes: the script 755, its parts 644, the state closed to others" {
  "$INSTALL" --local --root "$ROOT"
  [ "$(stat -c %a "$ROOT/opt/dayfly/bin/deployctl")" = 755 ]
  [ "$(stat -c %a "$ROOT/opt/dayfly/lib/input.sh")" = 644 ]
  [ "$(stat -c %a "$ROOT/var/lib/dayfly")" = 750 ]
  [ "$(stat -c %a "$ROOT/var/lib/dayfly/docker")" = 700 ]
  [ "$(stat -c %a "$ROOT/etc/dayfly/apps")" = 750 ]
}

@test "it says what is wrong with its options and changes nothing" {
  local line
  for line in '--colour' '--root' '--local' '--local --root' '--registry a b'; do
    # shellcheck disable=SC2086 # several words on purpose
    run "$INSTALL" $line
    [ "$status" -eq 1 ]
    [[ $output == 'install.sh: '* ]]
  done
}

@test "2-26 the registry login is readable by the deploy user only, and on no command line" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cat >"$BATS_TEST_TMPDIR/bin/docker" <<'END'
#!/bin/bash
printf '%s\n' "$*" >>"$(dirname "$0")/calls"
printf '{"auths":{"%s":{"auth":"%s"}}}' "${@: -1}" "$(printf 'puller:%s' "$(cat)" | base64)" >"$2/config.json"
END
  printf '#!/bin/bash\necho "$*" >>"$(dirname "$0")/calls"\necho secret-from-parameter\n' >"$BATS_TEST_TMPDIR/bin/aws"
  chmod +x "$BATS_TEST_TMPDIR/bin/docker" "$BATS_TEST_TMPDIR/bin/aws"
  echo secret-marker >"$BATS_TEST_TMPDIR/password"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH "$INSTALL" --local --root "$ROOT" --registry registry.test puller "$BATS_TEST_TMPDIR/password"
  [ "$(stat -c %a "$ROOT/var/lib/dayfly/docker/config.json")" = 600 ]
  refute_contains "$(cat "$BATS_TEST_TMPDIR/bin/calls")" marker
  PATH=$BATS_TEST_TMPDIR/bin:$PATH "$REPO/target-host/login.sh" registry.test puller ssm:/shop/ghcr/pat "$ROOT"
  grep -q -- '--name /shop/ghcr/pat' "$BATS_TEST_TMPDIR/bin/calls"
  [ "$(jq -r '.auths["registry.test"].auth' "$ROOT/var/lib/dayfly/docker/config.json" | base64 -d)" = puller:secret-from-parameter ]
}

# as_if_nobody: a host whose deploy user is called dayfly and has the ids of nobody; nothing of this computer is changed.
as_if_nobody() {
  ROOT=$(mktemp -d) # another user cannot enter the folder of the tests
  chmod 755 "$ROOT"
  mkdir "$ROOT/bin"
  printf '#!/bin/bash\ncase "$*" in "-u dayfly") /usr/bin/id -u nobody ;; "-g dayfly") /usr/bin/id -g nobody ;; *) exec /usr/bin/id "$@" ;; esac\n' >"$ROOT/bin/id"
  printf '#!/bin/bash\nexit 0\n' | tee "$ROOT/bin/useradd" >"$ROOT/bin/usermod"
  cat >"$ROOT/bin/docker" <<'END'
#!/bin/bash
echo "{\"by\":\"$(/usr/bin/id -un)\",\"password\":\"$(cat)\"}" >"$2/config.json"
END
  chmod 755 "$ROOT"/bin/*
}

@test "2-21 2-26 as root it leaves to the deploy user what lies in that user's folders" {
  [ "$(id -u)" -eq 0 ] || skip 'only root can change over to another user'
  as_if_nobody
  PATH=$ROOT/bin:$PATH "$INSTALL" --root "$ROOT"
  [ "$(stat -c '%U %a' "$ROOT/var/lib/dayfly/docker")" = 'nobody 700' ]
  [ "$(stat -c '%U %a' "$ROOT/etc/dayfly/apps")" = 'root 750' ]
  [ "$(stat -c %U "$ROOT/opt/dayfly/bin/deployctl")" = root ]
  echo secret-marker >"$ROOT/password" && chmod 600 "$ROOT/password"
  PATH=$ROOT/bin:$PATH "$REPO/target-host/login.sh" registry.test puller "$ROOT/password" "$ROOT"
  [ "$(stat -c '%U %a' "$ROOT/var/lib/dayfly/docker/config.json")" = 'nobody 600' ]
  [ "$(jq -r .by "$ROOT/var/lib/dayfly/docker/config.json")" = nobody ]
  rm -rf "$ROOT"
}

@test "2-21 a link of the deploy user leads root's installation and login nowhere" {
  [ "$(id -u)" -eq 0 ] || skip 'only root can change over to another user'
  as_if_nobody
  PATH=$ROOT/bin:$PATH "$INSTALL" --root "$ROOT"
  mkdir -m 755 "$ROOT/of-root"
  echo kept >"$ROOT/of-root/file" && chmod 640 "$ROOT/of-root/file"
  ln -s "$ROOT/of-root/file" "$ROOT/var/lib/dayfly/docker/config.json"
  run env "PATH=$ROOT/bin:$PATH" "$REPO/target-host/login.sh" registry.test puller <(echo secret) "$ROOT"
  [ "$status" -ne 0 ]
  [ "$(stat -c '%U %a' "$ROOT/of-root/file") $(cat "$ROOT/of-root/file")" = 'root 640 kept' ]
  rm -r "$ROOT/var/lib/dayfly/docker"
  ln -s "$ROOT/of-root" "$ROOT/var/lib/dayfly/docker"
  run env "PATH=$ROOT/bin:$PATH" "$INSTALL" --root "$ROOT"
  [ "$status" -ne 0 ]
  run env "PATH=$ROOT/bin:$PATH" "$REPO/target-host/login.sh" registry.test puller <(echo secret) "$ROOT"
  [ "$status" -ne 0 ]
  [ "$(stat -c '%U %a' "$ROOT/of-root") $(ls "$ROOT/of-root")" = 'root 755 file' ]
  rm -rf "$ROOT"
}

@test "a compose plugin is taken only with its own SHA-256" {
  echo plugin >"$BATS_TEST_TMPDIR/plugin"
  run "$INSTALL" --local --root "$ROOT" --compose "$BATS_TEST_TMPDIR/plugin" "$(printf '0%.0s' {1..64})"
  [ "$status" -eq 1 ]
  [ ! -e "$ROOT/usr/local/lib/docker/cli-plugins/docker-compose" ]
  "$INSTALL" --local --root "$ROOT" --compose "$BATS_TEST_TMPDIR/plugin" "$(sha256sum <"$BATS_TEST_TMPDIR/plugin" | cut -d' ' -f1)"
  [ -x "$ROOT/usr/local/lib/docker/cli-plugins/docker-compose" ]
}

@test "2-21 called by root, deployctl does everything as the deploy user" {
  [ "$(id -u)" -eq 0 ] || skip 'only root can change over to another user'
  ROOT=$(mktemp -d) # the other user cannot enter the folder of the tests
  "$INSTALL" --local --root "$ROOT"
  chmod 755 "$ROOT"
  chown -R nobody "$ROOT/var/lib/dayfly" "$ROOT/var/log/dayfly" "$ROOT/etc/dayfly/apps"
  printf 'DEPLOY_USER=nobody\nPATH=%s\n' "$PATH" >"$ROOT/etc/dayfly/target.env"
  local verb
  for verb in apply health; do printf '#!/bin/sh\nid -un >>"$WORK/who"\nenv >"$WORK/env"\n' >"$ROOT/$verb"; done
  printf '#!/bin/sh\nprintf %%040d 1\n' >"$ROOT/version"
  chmod 755 "$ROOT"/{apply,health,version}
  printf 'KIND=script\nENVIRONMENTS=prod\nAPPLY=%s/apply\nHEALTH=%s/health\nVERSION=%s/version\nHEALTH_REQUEST_SECONDS=60\nDISK_MIN_MB=1\n' "$ROOT" "$ROOT" "$ROOT" \
    >"$ROOT/etc/dayfly/apps/shop.env"
  run --separate-stderr env LEAKED=root-secret "$ROOT/opt/dayfly/bin/deployctl" deploy shop prod v1.0.0 "$(printf %040d 1)"
  expect 0 deployed
  [ "$(sort -u "$ROOT/var/lib/dayfly/shop/prod/work/who")" = nobody ]
  refute_contains "$(cat "$ROOT/var/lib/dayfly/shop/prod/work/env")" LEAKED
  # Those of the target's README, and what the shell of this script adds by itself.
  [ -z "$(cut -d= -f1 "$ROOT/var/lib/dayfly/shop/prod/work/env" | grep -vxE 'APP|ENVIRONMENT|RELEASE|COMMIT|DIGEST|BUNDLE|PREVIOUS(_COMMIT|_DIGEST)?|DEPLOY_ID|DEADLINE|WORK|PATH|HOME|PWD|OLDPWD|SHLVL|_')" ]
  [ -z "$(find "$ROOT/var/lib/dayfly/shop" "$ROOT/var/log/dayfly/shop" ! -user nobody)" ]
  rm -rf "$ROOT"
}

@test "2-21 another user cannot deploy, and is told who can" {
  "$INSTALL" --local --root "$ROOT"
  echo DEPLOY_USER=somebody-else >"$ROOT/etc/dayfly/target.env"
  run --separate-stderr "$ROOT/opt/dayfly/bin/deployctl" status shop prod
  expect 6
}
