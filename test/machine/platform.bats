#!/usr/bin/env bats
# The platform example: its checks run by deployctl as `dayfly env check` asks for them, its route list, its worker.

setup() {
  load deployctl.bash
  make_target
  PLATFORM=$ROOT/etc/dayfly/apps/platform
  cp -R "$REPO/docs/examples/platform" "$PLATFORM"
  make_executables
  make_cluster
  settings
  deploy v1.0.0 "DEPLOY_COMMIT=$(commit 1)"
  expect 0
}

# The four of the app do nothing here; what runs is told by the fakes.
make_executables() {
  local name
  for name in apply health rollback; do printf '#!/bin/sh\nexit 0\n' >"$ROOT/$name"; done
  printf '#!/bin/sh\necho %s\n' "$(commit 1)" >"$ROOT/version"
  chmod +x "$ROOT"/{apply,health,rollback,version}
}

settings() {
  mkdir -p "$ROOT/jobs"/{waiting,taken,done,workers}
  sed -e "s|^JOBS=.*|JOBS=$ROOT/jobs|" "$REPO/docs/examples/platform/settings.env" >"$PLATFORM/settings.env"
  sed -e "s|/etc/dayfly/apps/platform|$PLATFORM|" -e "s|/etc/dayfly/apps/k3s|$ROOT|" "$REPO/docs/examples/platform/app.env" >"$ROOT/etc/dayfly/apps/shop.env"
  printf 'DISK_MIN_MB=1\nHEALTH_REQUEST_SECONDS=60\n' >>"$ROOT/etc/dayfly/apps/shop.env"
}

# world/ says what kubectl and curl see.
make_cluster() {
  cat >"$ROOT/fakes/kubectl" <<'END'
#!/usr/bin/env bash
WORLD=$(cd -- "$(dirname -- "$0")/.." && pwd)/world
[[ "$1 $3 $4" == '--kubeconfig --context platform-prod' ]] || { echo 'not the named context' >&2 && exit 1; }
case $* in
  *readyReplicas*) cat "$WORLD/ready" ;;
  *endpoints*) cat "$WORLD/endpoints" ;;
  *DEPLOYED_COMMIT*) cat "$WORLD/stamp" ;;
  *NO_PROXY*) cat "$WORLD/no-proxy" ;;
esac
END
  cat >"$ROOT/fakes/curl" <<'END'
#!/usr/bin/env bash
WORLD=$(cd -- "$(dirname -- "$0")/.." && pwd)/world
case ${*: -1} in
  */health) cat "$WORLD/health" ;;
  */overview) cat "$WORLD/overview" ;;
esac
END
  chmod +x "$ROOT/fakes/kubectl" "$ROOT/fakes/curl"
  echo '2 2' >"$WORLD/ready"
  echo 10.42.0.7 >"$WORLD/endpoints"
  commit 1 >"$WORLD/stamp"
  echo 'localhost,.egress.internal' >"$WORLD/no-proxy"
  printf '{"deploy":{"commit":"%s"},"database":{"status":"ok"},"storage":{"lastError":""},"egress":{"status":"ok"}}' "$(commit 1)" >"$WORLD/health"
  cp "$WORLD/health" "$WORLD/overview"
}

check_of() { jq -r --arg name "$1" '.checks[] | select(.name == $name) | "\(.ok) \(.text)"' <<<"$output"; }

# only_bad NAME TEXT: that check is bad and no other one, and the whole is degraded.
only_bad() {
  ask diagnostics DEPLOY_ID=-
  [ "$status" -eq 1 ]
  [ "$(said .outcome)" = degraded ]
  [ "$(jq -r '[.checks[] | select(.ok | not) | .name] | join(" ")' <<<"$output")" = "$1" ]
  [[ $(check_of "$1") == *"$2"* ]]
}

@test "3-22 3-23 every check has a name, and all are good" {
  ask diagnostics DEPLOY_ID=-
  [ "$status" -eq 0 ]
  local name
  for name in workloads-ready endpoints commit-env database storage egress stale-jobs proxy-exceptions; do
    [[ $(check_of "$name") == true* ]]
  done
}

@test "3-22 each check alone makes the whole degraded, and says what is wrong, while the service answers well" {
  echo '1 2' >"$WORLD/ready"
  only_bad workloads-ready '1 of 2 are ready'
  make_cluster
  : >"$WORLD/endpoints"
  only_bad endpoints 'nobody is behind it'
  make_cluster
  commit 2 >"$WORLD/stamp"
  only_bad commit-env "instead of $(commit 1)"
  make_cluster
  sed -i 's/"database":{"status":"ok"}/"database":{"status":"migrating"}/' "$WORLD/health"
  only_bad database migrating
  make_cluster
  sed -i 's/"lastError":""/"lastError":"403 from the bucket"/' "$WORLD/health"
  only_bad storage '403 from the bucket'
  make_cluster
  sed -i 's/"egress":{"status":"ok"}/"egress":{"status":"refused"}/' "$WORLD/health"
  only_bad egress refused
}

@test "3-24 a job whose worker is gone is seen" {
  touch "$ROOT/jobs/taken/job-7.4711-1"
  only_bad stale-jobs 'job-7.4711-1: its worker is gone'
}

@test "3-26 a workload that would send inside addresses through a proxy is seen" {
  echo localhost >"$WORLD/no-proxy"
  only_bad proxy-exceptions 'NO_PROXY lacks .egress.internal'
}

@test "3-21 evidence of another context is none" {
  sed -i 's/^CONTEXT=.*/CONTEXT=staging/' "$PLATFORM/settings.env"
  ask diagnostics DEPLOY_ID=-
  [ "$status" -eq 1 ]
  [[ $(check_of endpoints) == false* ]]
}

@test "3-20 a person sees in one look whether health and overview show the deployed commit" {
  PATH=$ROOT/fakes:$PATH run "$PLATFORM/recheck" "$(commit 1)"
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "health    $(commit 1)" ]
  [ "${lines[1]}" = "overview  $(commit 1)" ]
  sed -i "s/$(commit 1)/$(commit 2)/" "$WORLD/overview"
  PATH=$ROOT/fakes:$PATH run "$PLATFORM/recheck"
  [ "$status" -eq 1 ]
  PATH=$ROOT/fakes:$PATH run "$PLATFORM/recheck" "$(commit 2)"
  [ "$status" -eq 1 ]
}

@test "3-25 the route list makes the gateway's whole configuration, and alone names outside hosts" {
  run "$PLATFORM/egress/render" "$PLATFORM/egress/routes"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^listen ' <<<"$output")" -eq 2 ]
  grep -q 'server out db-1.example-cloud.net:5432 check' <<<"$output"
  [ "$(grep -rl example-cloud "$PLATFORM")" = "$PLATFORM/egress/routes" ]
}

@test "3-25 a line that is no route ends without any configuration" {
  local line
  for line in 'x 1' 'x 0 host 1' 'x 1 host;id 1' 'x 1 host 1 more' '$(id) 1 host 1' $'a 1 h 1\nb 1 h 2'; do
    printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/routes"
    run --separate-stderr "$PLATFORM/egress/render" "$BATS_TEST_TMPDIR/routes"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
  done
}

@test "3-24 a worker killed while busy loses no job: the next one does it again" {
  local handler=$BATS_TEST_TMPDIR/handler name
  cat >"$handler" <<END
#!/usr/bin/env bash
basename "\$1" | cut -d. -f1 >>"$BATS_TEST_TMPDIR/done"
[[ -e $BATS_TEST_TMPDIR/quick ]] || { : >"$BATS_TEST_TMPDIR/busy"; sleep 60; }
END
  chmod +x "$handler"
  for name in job-1 job-2 job-3; do touch "$ROOT/jobs/waiting/$name"; done
  JOBS=$ROOT/jobs HANDLER=$handler setsid "$PLATFORM/worker/run" >/dev/null 2>&1 3>&- &
  local worker=$! code=0
  wait_for "$BATS_TEST_TMPDIR/busy"
  pkill -9 --session "$worker"
  wait "$worker" || code=$?
  [ "$code" -eq 137 ]
  [ "$(ls "$ROOT/jobs/taken" | wc -l)" -eq 1 ]
  : >"$BATS_TEST_TMPDIR/quick"
  JOBS=$ROOT/jobs HANDLER=$handler "$PLATFORM/worker/run"
  [ "$(ls "$ROOT/jobs/done" | tr '\n' ' ')" = 'job-1 job-2 job-3 ' ]
  [ "$(sort "$BATS_TEST_TMPDIR/done" | tr '\n' ' ')" = 'job-1 job-1 job-2 job-3 ' ]
}
