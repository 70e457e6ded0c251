# shellcheck shell=bash
# Two checks, never one: does it answer well, and is it the commit that was asked for?

# Waits between the first tries are shorter: most versions are up within a second.
readonly FIRST_WAITS=(0.25 0.5 1)

# await_health: HEALTH_TRIES tries, or fewer when it can be seen at once that it will never be.
await_health() {
  local try good=0 from
  from=$(now_ms)
  for ((try = 1; try <= APP[HEALTH_TRIES]; try++)); do
    if "${APP[KIND]}_probe"; then good=$((good + 1)); else good=0; fi
    HEALTH_SEEN[tries]=$try
    HEALTH_SEEN[ms]=$(($(now_ms) - from))
    if ((good >= APP[HEALTH_SUCCESSES])); then
      say "healthy after $try tries"
      return
    fi
    ((good > 0)) || "${APP[KIND]}_alive" || return 1
    out_of_time && { because out-of-time "not healthy within the deploy's time (${HEALTH_SEEN[status]})" || return 1; }
    ((try == APP[HEALTH_TRIES])) || wait_for_next_try "$good" "$try"
  done
  because unhealthy "not healthy after ${APP[HEALTH_TRIES]} tries: ${HEALTH_SEEN[status]}"
}

# wait_for_next_try GOOD TRY
wait_for_next_try() {
  if (($1 > 0)); then sleep 0.25; else sleep "${FIRST_WAITS[$2 - 1]:-${APP[HEALTH_INTERVAL_SECONDS]}}"; fi
}

# await_version COMMIT: the live commit through the public path; a gateway may need a moment to change over.
await_version() {
  local try live='' code
  VERSION_OK=false
  for ((try = 1; try <= APP[VERSION_TRIES]; try++)); do
    code=0
    live=$("${APP[KIND]}_live_commit") || code=$?
    if [[ $live == "$1" ]]; then
      VERSION_OK=true
      say "live commit is $1"
      return
    fi
    out_of_time || ((try == APP[VERSION_TRIES])) || sleep 1
  done
  case $code in
    "$BAD_CERTIFICATE") because certificate 'healthy here, but the certificate of VERSION_URL is not valid: perhaps it is still being issued' || return 1 ;;
    "$BAD_ANSWER") because public-path 'healthy here, but VERSION_URL answers with an error: the way to this host is broken, not the app' || return 1 ;;
  esac
  [[ -z $live ]] || fits commit "$live" || live='something that is no commit'
  because stale-version "healthy, but the live commit is ${live:-not told} instead of $1"
}

# http_probe: for apps that answer HTTP. Own address, own settings: no proxy, no redirect, no curlrc.
http_probe() {
  local answer
  answer=$(curl -q -s -o "$FOLDER/work/health.body" -w '%{http_code}' --max-filesize 1048576 --noproxy '*' \
    --max-time "${APP[HEALTH_REQUEST_SECONDS]}" -- "${APP[HEALTH_URL]}" 9>&- 3>&-) || answer="no answer (curl ${?})"
  HEALTH_SEEN[status]=$answer
  [[ $answer =~ ^2[0-9][0-9]$ ]]
}

# What http_commit ends with where the public path, and not the app, is the trouble.
readonly BAD_CERTIFICATE=60 BAD_ANSWER=22

# http_commit: VERSION_FIELD is a dotted path into the JSON of VERSION_URL.
http_commit() {
  local answer code=0
  answer=$(curl -q -sS -w '\n%{http_code}' --max-filesize 1048576 --max-time "${APP[HEALTH_REQUEST_SECONDS]}" -- "${APP[VERSION_URL]}" 9>&- 3>&-) || code=$?
  case $code in
    0) ;;
    35 | 51 | 58 | 60 | 83 | 91) return "$BAD_CERTIFICATE" ;;
    *) return 1 ;;
  esac
  if [[ ${answer##*$'\n'} != 2?? ]]; then
    say "VERSION_URL answers ${answer##*$'\n'}"
    return "$BAD_ANSWER"
  fi
  jq -r --arg field "${APP[VERSION_FIELD]}" 'getpath($field / ".") | strings' <<<"${answer%$'\n'*}" 2>/dev/null
}

# show_health_body: what it said last, for whoever reads the log.
show_health_body() {
  [[ -s $FOLDER/work/health.body ]] || return 0
  head -c 300 -- "$FOLDER/work/health.body"
  printf '\n'
}
