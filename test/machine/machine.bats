#!/usr/bin/env bats

load world.bash
setup() {
  make_world
  cat >"$DAYFLY_ETC/machine.env" <<'ENV'
DAYFLY_API=https://api.example.com
DAYFLY_REGION=eu-test-1
DAYFLY_LIFE_MINUTES=38
DAYFLY_BOOT_MINUTES=1
DAYFLY_DEBUG_MINUTES=0
ENV
  printf '#!/usr/bin/env bash\necho install >>"$FAKES/calls"\n' >"$DAYFLY_ETC/install/install.sh"
  chmod +x "$DAYFLY_ETC/install/install.sh"
  reply claim 200 "$(claim_of gitea)"
  runner_does 'echo "task 1 repo is acme/shop x"'
}
teardown() { end_world; }

reported() { # cause code
  [ "$(tail -n 1 "$FAKES/api.calls")" = "exit {\"bootId\":\"${3:-11111111-1111-1111-1111-111111111111}\",\"cause\":\"$1\",\"code\":$2}" ]
}
powered_off() {
  [ "$(tail -n 1 "$FAKES/calls")" = 'shutdown -P now' ]
}

@test "1-09 it claims, runs one job, reports and powers off" {
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 0 ]
  reported job-done 0
  powered_off
}

@test "the power-off timer is set before anything else, and shortened to the claim's deadline" {
  local deadline soonest latest minutes
  deadline=$(date -d "$(sed 's/^200 //' "$FAKES/replies.claim" | jq -r .deadline)" +%s)
  soonest=$(((deadline - $(date +%s)) / 60))
  run timeout 120 "$lib/machine.sh"
  latest=$(((deadline - $(date +%s)) / 60))
  [[ "$(sed -n 1p "$FAKES/calls")" == 'shutdown -P +38 '* ]]
  minutes=$(sed -n '2s/^shutdown -P +\([0-9]*\) .*/\1/p' <<<"$(grep '^shutdown -P +' "$FAKES/calls")")
  [ "$latest" -le "$minutes" ] && [ "$minutes" -le "$soonest" ]
}

@test "a deadline that has passed powers off at once" {
  rm "$FAKES/replies.claim"
  reply claim 200 "$(claim_of gitea 2020-01-01T00:00:00Z)"
  run timeout 120 "$lib/machine.sh"
  grep -q '^shutdown -P +0 ' "$FAKES/calls"
}

@test "6-03 no secret of the claim is printed or stands on a command line" {
  run timeout 120 "$lib/machine.sh"
  [[ "$output" != *SECRET* ]]
  refute grep -qr SECRET "$FAKES/calls" "$FAKES/curl.args"
}

@test "the job's token lies in a file of its own" {
  run timeout 120 "$lib/machine.sh"
  [ "$(cat "$DAYFLY_RUN/token")" = SECRET-TOKEN ]
  [ "$(stat -c %a "$DAYFLY_RUN/token")" = 600 ]
}

# A claim whose profile asks for git credentials.
claim_with_git() { # url token
  rm "$FAKES/replies.claim"
  reply claim 200 "$(claim_of github | jq -c --arg url "$1" --arg token "$2" '. + {git: {url: $url, token: $token}}')"
}

@test "1-09 git can read the job's own repository where the profile says so, by a file of the job's user alone" {
  claim_with_git https://github.com ghs_SECRET
  run timeout 120 "$lib/machine.sh"
  [ "$(cat "$DAYFLY_HOME/.git-credentials")" = 'https://x-access-token:ghs_SECRET@github.com' ]
  [ "$(stat -c %a "$DAYFLY_HOME/.git-credentials")" = 600 ]
  [ "$(git config --file "$DAYFLY_HOME/.gitconfig" credential.https://github.com.helper)" = "store --file $DAYFLY_HOME/.git-credentials" ]
  [[ "$output" != *SECRET* ]]
}

@test "1-09 git gets nothing where the profile does not ask for it" {
  run timeout 120 "$lib/machine.sh"
  refute test -e "$DAYFLY_HOME/.git-credentials"
}

@test "git credentials that make no sense are an error, not a line of a file" {
  claim_with_git $'https://github.com\n[core]' 'x'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -ne 0 ]
  refute test -e "$DAYFLY_HOME/.gitconfig"
  powered_off
}

@test "a git token that makes no sense is an error, not a second line of a file" {
  claim_with_git https://github.com $'ghs_x\nhttps://elsewhere.example'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -ne 0 ]
  refute test -e "$DAYFLY_HOME/.git-credentials"
  powered_off
}

@test "it serves GitHub's runner as well" {
  rm "$FAKES/replies.claim"
  reply claim 200 "$(claim_of github)"
  runner_does '"$ACTIONS_RUNNER_HOOK_JOB_STARTED"'
  run timeout 120 "$lib/machine.sh"
  reported job-done 0
  powered_off
}

@test "1-09 a refused claim powers it off" {
  rm "$FAKES/replies.claim"
  reply claim 409 '{"error":"superseded"}'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 3 ]
  reported boot-failed 3
  powered_off
}

@test "1-09 a network that is gone powers it off" {
  touch "$FAKES/no-network"
  sed -i 's/^DAYFLY_BOOT_MINUTES=.*/DAYFLY_BOOT_MINUTES=0/' "$DAYFLY_ETC/machine.env"
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 1 ]
  powered_off
}

@test "1-09 an error of the boot script itself powers it off" {
  rm "$DAYFLY_ETC/machine.env"
  run timeout 120 "$lib/machine.sh"
  [ "$status" -ne 0 ]
  powered_off
}

@test "1-09 a failed installation powers it off and says so" {
  printf '#!/usr/bin/env bash\nexit 9\n' >"$DAYFLY_ETC/install/install.sh"
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 9 ]
  reported boot-failed 9
  powered_off
}

@test "a claim that makes no sense powers it off" {
  rm "$FAKES/replies.claim"
  reply claim 200 '{"registration":{"kind":"../../bin/sh"},"idleSeconds":1,"deadline":"2099-01-01T00:00:00Z","machineToken":"t"}'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -ne 0 ]
  [[ "$(tail -n 1 "$FAKES/api.calls")" == *boot-failed* ]]
  powered_off
}

@test "a runner that crashes before a job is a failed boot" {
  runner_does 'exit 5'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 0 ]
  reported boot-failed 5
  powered_off
}

@test "a runner that is killed in the middle of its job is reported with what killed it" {
  runner_does 'echo "task 1 repo is acme/shop x"; sleep 0.3; kill -KILL $$'
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 0 ]
  reported job-done 137
  powered_off
}

@test "a job that fails is a job that was done" {
  runner_does 'echo "task 1 repo is acme/shop x"; exit 1'
  run timeout 120 "$lib/machine.sh"
  reported job-done 1
  powered_off
}

@test "a runner that ends without a job was idle" {
  runner_does 'true'
  run timeout 120 "$lib/machine.sh"
  reported idle 0
}

@test "a runner that gets no job is ended at the idle limit" {
  rm "$FAKES/replies.claim"
  reply claim 200 "$(IDLE_SECONDS=0 claim_of gitea)"
  runner_does 'exec sleep 600'
  run timeout 120 "$lib/machine.sh"
  [[ "$(tail -n 1 "$FAKES/api.calls")" == *'"cause":"idle"'* ]]
  powered_off
}

@test "5-07 a Spot notice during a job is reported at once" {
  runner_does 'echo "task 1 repo is acme/shop x"; echo "{}" >"$FAKES/metadata/spot_instance-action"; exec sleep 600'
  run timeout 120 "$lib/machine.sh"
  [[ "$(tail -n 1 "$FAKES/api.calls")" == *'"cause":"spot"'* ]]
  powered_off
}

@test "1-15 the power-off timer ends a job and reports the deadline" {
  runner_does 'echo "task 1 repo is acme/shop x"; touch "$FAKES/running"; exec sleep 600'
  timeout 120 "$lib/machine.sh" >"$world/log" 2>&1 3>&- &
  local machine=$!
  wait_until test -e "$FAKES/running"
  kill -TERM "$machine"
  wait "$machine" || true
  reported deadline 143
  powered_off
}

@test "the power-off timer ends a boot that hangs, too" {
  printf '#!/usr/bin/env bash\ntouch "$FAKES/installing"\nexec sleep 600\n' >"$DAYFLY_ETC/install/install.sh"
  timeout 120 "$lib/machine.sh" >"$world/log" 2>&1 3>&- &
  local machine=$!
  wait_until test -e "$FAKES/installing"
  kill -TERM "$machine"
  wait "$machine" || true
  reported deadline 143
  powered_off
}

@test "a second boot claims nothing, reports the first and powers off" {
  run timeout 120 "$lib/machine.sh"
  echo 22222222-2222-2222-2222-222222222222 >"$DAYFLY_BOOT_ID"
  : >"$FAKES/api.calls"
  run timeout 120 "$lib/machine.sh"
  [ "$status" -eq 1 ]
  refute grep -q '^claim' "$FAKES/api.calls"
  reported boot-failed 1 11111111-1111-1111-1111-111111111111
  powered_off
}

@test "1-09 a report that cannot be sent does not keep it on" {
  rm "$FAKES/replies.exit"
  reply exit 500
  run timeout 120 "$lib/machine.sh"
  powered_off
}

@test "a power-off that is refused is forced" {
  touch "$FAKES/fail-shutdown"
  run timeout 120 "$lib/machine.sh"
  [ "$(tail -n 1 "$FAKES/calls")" = 'systemctl poweroff --force' ]
}

# A profile for debugging, on a machine whose long sleep is only written down.
debugging() {
  sed -i 's/^DAYFLY_DEBUG_MINUTES=.*/DAYFLY_DEBUG_MINUTES=7/' "$DAYFLY_ETC/machine.env"
  mkdir -p "$world/bin"
  printf '#!/usr/bin/env bash\ncase "$1" in 420) echo "sleep $1" >>"$FAKES/calls" ;; *) exec /bin/sleep "$1" ;; esac\n' >"$world/bin/sleep"
  chmod +x "$world/bin/sleep"
  export PATH="$world/bin:$PATH"
}

@test "5-13 a debugging profile stays for its minutes" {
  debugging
  run timeout 120 "$lib/machine.sh"
  grep -q '^sleep 420$' "$FAKES/calls"
  powered_off
}

@test "5-13 a debugging profile does not stay when Spot takes the machine back" {
  debugging
  runner_does 'echo "task 1 repo is acme/shop x"; echo "{}" >"$FAKES/metadata/spot_instance-action"; exec sleep 600'
  run timeout 120 "$lib/machine.sh"
  refute grep -q '^sleep 420$' "$FAKES/calls"
  powered_off
}

@test "5-13 a debugging profile does not stay beyond the machine's end" {
  debugging
  runner_does 'echo "task 1 repo is acme/shop x"; touch "$FAKES/running"; exec sleep 600'
  timeout 120 "$lib/machine.sh" >"$world/log" 2>&1 3>&- &
  local machine=$!
  wait_until test -e "$FAKES/running"
  kill -TERM "$machine"
  wait "$machine" || true
  refute grep -q '^sleep 420$' "$FAKES/calls"
  powered_off
}

@test "hostile names in every field of the claim touch nothing" {
  rm "$FAKES/replies.claim"
  local evil="\$(touch $world/pwned)\`touch $world/pwned\`; touch $world/pwned #'\\\"\\n--upload-pack=touch"
  reply claim 200 "$(claim_of gitea | jq -c --arg evil "$evil" '.runKey=$evil | .runner=$evil | .url=$evil | .labels=[$evil] | .machineToken=$evil | .registration.runnerFile=$evil | .registration.runnerId=$evil')"
  run timeout 120 "$lib/machine.sh"
  [ ! -e "$world/pwned" ]
  powered_off
}

@test "a hostile deadline or idle limit is an error, not a command" {
  for field in deadline idleSeconds; do
    rm -f "$FAKES/replies.claim" "$DAYFLY_STATE/boot-id"
    reply claim 200 "$(claim_of gitea | jq -c --arg evil "\$(touch $world/pwned) 1" ".$field=\$evil")"
    run timeout 120 "$lib/machine.sh"
    [ "$status" -ne 0 ]
    [ ! -e "$world/pwned" ]
    powered_off
  done
}
