#!/usr/bin/env bash
# The one life of this machine: power-off timer, claim, runner, report, power off.
#
# in:  /etc/dayfly/machine.env (lib/stack/user-data.ts writes it)
# out: the machine is off at the end, after success, failure and errors of this script alike
set -Eeuo pipefail
: "${DAYFLY_LIB:=/usr/local/lib/dayfly}" "${DAYFLY_ETC:=/etc/dayfly}" "${DAYFLY_RUN:=/run/dayfly}"
: "${DAYFLY_STATE:=/var/lib/dayfly}" "${DAYFLY_HOME:=/home/runner}" "${DAYFLY_BOOT_ID:=/proc/sys/kernel/random/boot_id}"

boot_id=$(cat "$DAYFLY_BOOT_ID")
cause=boot-failed
code=1

main() {
  trap 'finish $?' EXIT
  trap 'ended_from_outside' TERM INT
  set -a
  # shellcheck disable=SC1091 # written at boot
  source "$DAYFLY_ETC/machine.env"
  set +a
  export DAYFLY_LIB
  shutdown -P "+$DAYFLY_LIFE_MINUTES" "dayfly: the machine's life ends"
  mkdir -p "$DAYFLY_RUN" "$DAYFLY_STATE"
  refuse_second_boot
  step "$DAYFLY_ETC/install/install.sh"
  step "$DAYFLY_LIB/block-metadata.sh"
  step "$DAYFLY_LIB/claim.sh" "$boot_id" "$DAYFLY_RUN/claim.json"
  rearm_timer
  hand_over_token
  hand_over_git
  step "$DAYFLY_LIB/command.sh"
  run_runner
}

# In the background, because a trap waits for what runs in front.
step() {
  "$@" &
  wait "$!"
}

# A machine that starts again has lost its runner: it is no use to anybody, and its role ends with the first boot.
refuse_second_boot() {
  local file="$DAYFLY_STATE/boot-id" first
  if [ -e "$file" ]; then
    first=$(cat "$file")
    if [ "$first" != "$boot_id" ]; then
      echo "This machine has started a second time; its runner is lost."
      boot_id=$first
      exit 1
    fi
  fi
  echo "$boot_id" >"$file"
}

# The claim knows the exact end; the timer of the boot was the longest it could be.
rearm_timer() {
  local until now minutes
  until=$(date -d "$(jq -er .deadline "$DAYFLY_RUN/claim.json")" +%s)
  now=$(date +%s)
  minutes=$(((until - now) / 60))
  if [ "$minutes" -lt "$DAYFLY_LIFE_MINUTES" ]; then
    shutdown -P "+$((minutes > 0 ? minutes : 0))" "dayfly: the machine's life ends"
  fi
}

# For the `dayfly` command in a job.
hand_over_token() {
  (umask 077 && jq -er .machineToken "$DAYFLY_RUN/claim.json" >"$DAYFLY_RUN/token")
  chown runner "$DAYFLY_RUN/token"
  install -d -o runner -m 0700 "$DAYFLY_RUN/job"
}

# Where the profile says so: git here can read the job's own repository, for an hour.
hand_over_git() {
  local url token
  jq -e .git "$DAYFLY_RUN/claim.json" >/dev/null || return 0
  url=$(jq -er '.git.url | select(test("^https://[A-Za-z0-9.-]+(:[0-9]+)?$"))' "$DAYFLY_RUN/claim.json")
  token=$(jq -er '.git.token | select(test("^[A-Za-z0-9_.-]+$"))' "$DAYFLY_RUN/claim.json")
  (umask 077 && printf 'https://x-access-token:%s@%s\n' "$token" "${url#https://}" >"$DAYFLY_HOME/.git-credentials")
  printf '[credential "%s"]\n\thelper = store --file %s\n' "$url" "$DAYFLY_HOME/.git-credentials" >"$DAYFLY_HOME/.gitconfig"
  chown runner "$DAYFLY_HOME/.git-credentials" "$DAYFLY_HOME/.gitconfig"
  echo "Git can read the job's own repository."
}

run_runner() {
  local kind idle runner started="$DAYFLY_RUN/job-started"
  kind=$(jq -er '.registration.kind | select(. == "gitea" or . == "github")' "$DAYFLY_RUN/claim.json")
  idle=$(jq -er '.idleSeconds | floor' "$DAYFLY_RUN/claim.json")
  # GitHub's runner makes the mark itself, so it lies where that user may write.
  [ "$kind" = gitea ] || started="$DAYFLY_RUN/job/started"
  # A group of its own, so that all of it can be ended.
  setsid "$DAYFLY_LIB/run-$kind.sh" "$DAYFLY_RUN/claim.json" "$started" &
  runner=$!
  "$DAYFLY_LIB/watch.sh" "$runner" "$idle" "$started" "$DAYFLY_RUN/cause" &
  code=0
  wait "$runner" || code=$?
  if [ -e "$DAYFLY_RUN/cause" ]; then
    cause=$(cat "$DAYFLY_RUN/cause")
  elif [ -e "$started" ]; then
    cause=job-done
  elif [ "$code" -eq 0 ]; then
    cause=idle
  fi
  echo "The runner has ended: $cause, code $code."
}

# The timer, or whoever powers the machine off, ends this service first.
ended_from_outside() {
  cause=deadline
  code=143
  if [ -e "$DAYFLY_RUN/cause" ]; then cause=$(cat "$DAYFLY_RUN/cause"); fi
  exit 143
}

finish() {
  trap '' EXIT TERM INT
  set +e
  if [ "$cause" = boot-failed ] && [ "$1" -ne 0 ]; then code=$1; fi
  printf '%s %s %d\n' "$boot_id" "$cause" "$code" | "$DAYFLY_LIB/report.sh"
  if [ "${DAYFLY_DEBUG_MINUTES:-0}" -gt 0 ] && [ "$cause" != spot ] && [ "$cause" != deadline ]; then
    echo "Stays for $DAYFLY_DEBUG_MINUTES minutes for whoever wants to look."
    sleep "$((DAYFLY_DEBUG_MINUTES * 60))"
  fi
  shutdown -P now || systemctl poweroff --force
}

main "$@"
