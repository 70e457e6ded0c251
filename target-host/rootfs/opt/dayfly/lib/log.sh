# shellcheck shell=bash
# The log of one deploy: our own lines with their time, those of other programs behind a bar, secrets masked, bounded.

readonly LOG_LIMIT=1048576 LOGS_KEPT=20
REDACTOR=''
SECRETS=()
# Begins our own lines on their way to the log; no other program knows it.
MARK=$RANDOM$RANDOM$RANDOM

# start_log: from here on stdout and stderr go to this deploy's log.
start_log() {
  local folder=$ROOT/var/log/dayfly/${ASKED[app]}/${ASKED[env]}
  mkdir -p "$folder" || return 1
  LOG=$folder/${ASKED[id]}.log
  : >>"$LOG" || return 1
  read_secrets
  # The writer lets go of every stream of our caller: a program left behind would otherwise keep the caller waiting for it.
  # By exec: redirections of the function itself would be kept aside for its return.
  exec 1> >(exec >/dev/null 2>&1 3>&- 9>&-; write_log) 2>&1
  REDACTOR=$!
  forget_logs "$folder"
}

# What is beyond the limit, or finds no room on the disk, is dropped: a log that cannot be written ends no deploy.
write_log() {
  local line flush=${MARK}flush
  trap '' TERM INT HUP
  { stdbuf -o0 head -c "$LOG_LIMIT" && grep -a --line-buffered -oF "$flush"; } | while IFS= read -r line || [[ -n $line ]]; do
    [[ $line == "$flush" ]] || append "${line%"$flush"}"
    [[ $line != *"$flush" ]] || : >"$LOG.flushed"
  done 2>/dev/null
}

append() {
  local line=$1
  redact
  printf '%s\n' "$line" >>"$LOG" || true
}

# Both work on the variable `line`: no secret, no control character …
mask() {
  local secret
  for secret in "${SECRETS[@]}"; do line=${line//"$secret"/***}; done
  line=${line//[[:cntrl:]]/ }
}

# … and another program's line cannot pass for one of ours.
redact() {
  mask
  case $line in
    "$MARK"*) line=${line#"$MARK"} ;;
    *) line="| $line" ;;
  esac
}

# say TEXT: one line of ours; on stderr, so that it reaches the log from inside a command substitution too.
say() {
  [[ -n $REDACTOR ]] || return 0
  TZ=UTC0 printf '%s%(%Y-%m-%dT%H:%M:%SZ)T %s\n' "$MARK" -1 "$1" >&2
}

# Values of the files that the app names, and what the registry login holds.
read_secrets() {
  local file value
  for file in ${APP[SECRET_FILES]}; do
    [[ -r $file ]] || continue
    while IFS= read -r value || [[ -n $value ]]; do
      [[ $value == *=* ]] && add_secret "${value#*=}"
    done <"$file"
  done
  file=${DOCKER_CONFIG:-}/config.json
  [[ -r $file ]] || return 0
  while IFS= read -r value; do
    add_secret "$value"
    value=$(base64 -d <<<"$value" 2>/dev/null | tr -d '\0') && add_secret "${value#*:}"
  done < <(jq -r '.auths // {} | .[] | .auth // empty' "$file" 2>/dev/null)
  return 0
}

# Shorter ones would mask half of every word.
add_secret() {
  local value=${1#[\"\']}
  value=${value%[\"\']}
  ((${#value} < 6)) || SECRETS+=("$value")
}

# flush_log: returns when everything said so far has arrived in the log (or five seconds have passed).
flush_log() {
  local tries=0
  [[ -n $REDACTOR ]] || return 0
  printf '%sflush\n' "$MARK" >&2
  until [[ -e $LOG.flushed ]] || ((tries++ >= 250)); do sleep 0.02; done
  rm -f -- "$LOG.flushed"
}

# log_tail CHARACTERS: the end of the log.
log_tail() {
  flush_log
  tail -c "$1" -- "$LOG" || true
}

forget_logs() {
  local old
  while IFS= read -r old; do rm -f -- "$1/$old"; done < <(ls -1t -- "$1" | tail -n +$((LOGS_KEPT + 1)))
}
