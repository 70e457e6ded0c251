# shellcheck shell=bash
# Configuration of this host and of one app: KEY=value lines, read by us, never run.

declare -A TARGET=(
  [DEPLOY_USER]=''
  [PATH]=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
)

# Every key that an app's file may have, with what it is where the file does not say.
declare -A APP=(
  [KIND]='' [ENVIRONMENTS]=''
  [IMAGE]='' [COMPOSE_FILE]='' [SERVICES]='' [PROJECT]='' [ALLOW_UNLABELLED]=no
  [APPLY]='' [HEALTH]='' [VERSION]='' [ROLLBACK]='' [SETTINGS]=''
  [HEALTH_URL]='' [HEALTH_TRIES]=30 [HEALTH_INTERVAL_SECONDS]=2 [HEALTH_REQUEST_SECONDS]=2 [HEALTH_SUCCESSES]=2
  [VERSION_URL]='' [VERSION_FIELD]=commit [VERSION_TRIES]=5
  [PRE_DEPLOY]='' [POST_DEPLOY]='' [ON_ROLLBACK]='' [CHECKS]=''
  [SECRET_FILES]=''
  [DISK_MIN_MB]=1024 [KEEP]=3 [PRUNE_HOURS]=168
  [PULL_SECONDS]=180 [HOOK_SECONDS]=60 [APPLY_SECONDS]=60 [ROLLBACK_SECONDS]=90 [DEADLINE_SECONDS]=420
)

# read_pairs FILE ARRAY: KEY=value lines into ARRAY, which has every allowed key; the first wrong line becomes CONFIG_PROBLEM.
read_pairs() {
  local -n into=$2
  local line number=0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
    CONFIG_PROBLEM="${1##*/} line $number"
    [[ $line =~ ^([A-Z_]+)=(.*)$ ]] || return 1
    CONFIG_PROBLEM+=": unknown key"
    [[ -v into[${BASH_REMATCH[1]}] ]] || return 1
    CONFIG_PROBLEM="${1##*/} line $number: a value needs no quotes, they would be part of it"
    [[ ${BASH_REMATCH[2]} != [\"\']* ]] || return 1
    into[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
  done <"$1"
}

read_target() {
  local file=$ROOT/etc/dayfly/target.env
  [[ -r $file ]] || refuse 6 not-installed 'etc/dayfly/target.env cannot be read: run target-host/install.sh'
  read_pairs "$file" TARGET || refuse 6 config-invalid "$CONFIG_PROBLEM"
}

# read_app: the app's own file, then that of this environment, which may differ in anything.
read_app() {
  local app=${ASKED[app]} env=${ASKED[env]} file
  APP_FILE=$ROOT/etc/dayfly/apps/$app.env
  [[ -e $APP_FILE ]] || refuse 8 app-unknown "this host has no app $app"
  for file in "$APP_FILE" "$ROOT/etc/dayfly/apps/$app.$env.env"; do
    [[ -e $file ]] || continue
    [[ -r $file ]] || refuse 6 config-invalid "${file##*/} cannot be read by the deploy user"
    read_pairs "$file" APP || refuse 6 config-invalid "$CONFIG_PROBLEM"
  done
  allows_environment "$env" || refuse 8 environment-forbidden "this host does not serve $app in $env"
  CONFIG_PROBLEM=''
  check_app || refuse 6 config-invalid "$app.env: $CONFIG_PROBLEM"
  [[ -n ${APP[PROJECT]} ]] || APP[PROJECT]=${app}_$env
  [[ -n ${APP[VERSION_URL]} ]] || APP[VERSION_URL]=${APP[HEALTH_URL]}
}

# ENVIRONMENTS=prod staging pr-*
allows_environment() {
  local allowed
  for allowed in ${APP[ENVIRONMENTS]}; do
    [[ $allowed == "$1" || ($allowed == 'pr-*' && $1 == pr-*) ]] && return 0
  done
  return 1
}

check_app() {
  local key
  for key in HEALTH_TRIES HEALTH_INTERVAL_SECONDS HEALTH_REQUEST_SECONDS HEALTH_SUCCESSES VERSION_TRIES KEEP PRUNE_HOURS \
    DISK_MIN_MB PULL_SECONDS HOOK_SECONDS APPLY_SECONDS ROLLBACK_SECONDS DEADLINE_SECONDS; do
    CONFIG_PROBLEM="$key must be a whole number from 1 to 99999"
    [[ ${APP[$key]} =~ ^[1-9][0-9]{0,4}$ ]] || return 1
  done
  CONFIG_PROBLEM='DEADLINE_SECONDS must leave time beside ROLLBACK_SECONDS'
  ((APP[DEADLINE_SECONDS] > APP[ROLLBACK_SECONDS])) || return 1
  for key in APPLY HEALTH VERSION ROLLBACK PRE_DEPLOY POST_DEPLOY ON_ROLLBACK; do
    CONFIG_PROBLEM="$key must be an executable file with a full path"
    [[ -z ${APP[$key]} || (${APP[$key]} == /* && -f ${APP[$key]} && -x ${APP[$key]}) ]] || return 1
  done
  CONFIG_PROBLEM='KIND must be compose or script'
  [[ ${APP[KIND]} == compose || ${APP[KIND]} == script ]] || return 1
  "${APP[KIND]}_check"
}
