#!/usr/bin/env bats
# kill -9 and power loss inside the app's own executables and hooks: a documented code, true records, and the release that is recorded runs.

setup() {
  load deployctl.bash
  # No engine here: what runs is what the app itself says.
  running() { cat "$WORLD/live" 2>/dev/null || echo nothing; }
  make_target
  script_app
  deploy v1.0.0 "DEPLOY_COMMIT=$(commit 1)"
  expect 0 deployed
}

teardown() {
  : >"$WORLD/go"
}

# What is live is one file. Each executable waits before its work where hang/<its name> is, and works on even if its caller is gone.
script_app() {
  executable pre-deploy true
  executable apply "printf '%s\n' \"\$COMMIT\" >$WORLD/live"
  executable health "! grep -q ^dead $WORLD/live"
  executable version "cat $WORLD/live"
  executable rollback "if [[ \$RELEASE == - ]]; then rm -f $WORLD/live; else printf '%s\n' \"\$COMMIT\" >$WORLD/live; fi"
  executable on-rollback true
  executable post-deploy true
  cat >"$ROOT/etc/dayfly/apps/shop.env" <<END
KIND=script
ENVIRONMENTS=prod
APPLY=$ROOT/apply
HEALTH=$ROOT/health
VERSION=$ROOT/version
ROLLBACK=$ROOT/rollback
PRE_DEPLOY=$ROOT/pre-deploy
POST_DEPLOY=$ROOT/post-deploy
ON_ROLLBACK=$ROOT/on-rollback
HEALTH_TRIES=1
HEALTH_SUCCESSES=1
APPLY_SECONDS=300
HEALTH_REQUEST_SECONDS=300
VERSION_TRIES=1
DISK_MIN_MB=1
END
}

# executable NAME BODY
executable() {
  cat >"$ROOT/$1" <<END
#!/usr/bin/env bash
if [[ -e $WORLD/hang/$1 ]]; then
  : >$WORLD/hanging
  for ((n = 0; n < 6000; n++)); do [[ ! -e $WORLD/go ]] || break; sleep 0.05; done
fi
$2
END
  chmod +x "$ROOT/$1"
}

dead() { printf 'dead%036d' 0; }

# begin NAME COMMIT [ID]: a deploy in a session of its own, up to the moment when it calls NAME.
begin() {
  rm -f "$WORLD/go" "$WORLD/hanging"
  : >"$WORLD/hang/$1"
  SERIAL=$((SERIAL + 1))
  setsid env DEPLOY_APP=shop DEPLOY_ENV=prod DEPLOY_TAG=v2.0.0 DEPLOY_DIGEST=- "DEPLOY_COMMIT=$2" "DEPLOY_ID=$(deploy_id "$SERIAL")" \
    "DEPLOY_FENCE=$SERIAL" "DEPLOY_NOT_AFTER=$(($(date +%s) + 600))" DEPLOY_MODE=normal DEPLOY_BUNDLE=- "$DEPLOYCTL" deploy >/dev/null 2>&1 3>&- &
  SESSION=$!
  wait_for "$WORLD/hanging"
  rm "$WORLD/hang/$1"
}

# kill_in NAME COMMIT: deployctl alone dies; what it had called goes on to its end.
kill_in() {
  begin "$@"
  kill -9 "$(cut -d' ' -f2 "$DATA/holder")"
  : >"$WORLD/go"
  lock_is_free
}

# lose_power_in NAME COMMIT: everything dies at once; what NAME would have done is not done.
lose_power_in() {
  begin "$@"
  pkill -9 --session "$SESSION"
  lock_is_free
}

# recovered CODE COMMIT: the boot unit's call; the cut deploy ended with CODE, and that commit is what runs.
recovered() {
  run --separate-stderr "$DEPLOYCTL" recover
  expect 0 recovered
  ask status "DEPLOY_ID=$(deploy_id "$SERIAL")"
  [ "$(said .deploy.exit)" = "$1" ]
  [ "$(running)" = "$2" ]
  [ "$(said .seen.condition)" = "$([ "$2" = nothing ] && echo stopped || echo verified)" ]
  records_are_true
}

@test "cut inside the pre-deploy hook: nothing was changed, and the release before runs on" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" pre-deploy "$(commit 2)"
    recovered 6 "$(commit 1)"
  done
}

@test "cut inside apply: the release before is live again, verified, though apply worked on" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" apply "$(commit 2)"
    recovered 1 "$(commit 1)"
  done
}

@test "cut inside health: the release before is live again, verified" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" health "$(commit 2)"
    recovered 1 "$(commit 1)"
  done
}

@test "cut inside version: healthy alone is no success; the release before is live again, verified" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" version "$(commit 2)"
    recovered 1 "$(commit 1)"
  done
}

@test "cut inside rollback: it is undone again" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" rollback "$(dead)"
    recovered 1 "$(commit 1)"
  done
}

@test "cut inside the on-rollback hook: it is undone again" {
  local cut
  for cut in kill_in lose_power_in; do
    "$cut" on-rollback "$(dead)"
    recovered 1 "$(commit 1)"
  done
}

@test "cut inside the post-deploy hook: the deploy had succeeded and stays so" {
  local cut n=2
  for cut in kill_in lose_power_in; do
    "$cut" post-deploy "$(commit "$n")"
    recovered 0 "$(commit "$n")"
    n=$((n + 1))
  done
}

@test "cut inside the first deploy ever: what it began is taken away" {
  rm -rf "$DATA" "$WORLD/live"
  lose_power_in health "$(commit 2)"
  recovered 7 nothing
}

@test "power lost again, inside the rollback of the recovery: the next start ends it" {
  lose_power_in apply "$(commit 2)"
  rm -f "$WORLD/go" "$WORLD/hanging"
  : >"$WORLD/hang/rollback"
  setsid "$DEPLOYCTL" recover >/dev/null 2>&1 3>&- &
  wait_for "$WORLD/hanging"
  pkill -9 --session "$!"
  rm "$WORLD/hang/rollback"
  lock_is_free
  [ "$(state .operation.phase)" = rolling-back ]
  recovered 1 "$(commit 1)"
}

@test "while what was cut still works on, nobody begins: recovery waits, the next deploy is refused" {
  begin apply "$(commit 2)"
  kill -9 "$(cut -d' ' -f2 "$DATA/holder")"
  run --separate-stderr "$DEPLOYCTL" recover
  expect 6
  [[ $(said .text) == *'still waiting: shop/prod'* ]]
  deploy v3.0.0 "DEPLOY_COMMIT=$(commit 3)"
  expect 3
  SERIAL=$((SERIAL - 1))
  : >"$WORLD/go"
  lock_is_free
  recovered 1 "$(commit 1)"
}
