# shellcheck shell=bash
# What may be asked: every value's grammar, and reading it. Nothing is touched before all of it fits.

# The same patterns stand in lib/core/deploy/deploy-request.ts; a test compares them.
declare -rA GRAMMAR=(
  [op]='(deploy|rollback)'
  [app]='[a-z][a-z0-9-]{0,30}'
  [env]='(dev|staging|prod|pr-[1-9][0-9]{0,8}|edge-[a-z0-9]{1,20})'
  [tag]='(sha-[0-9a-f]{7}|latest|main|v?(0|[1-9][0-9]{0,5})([.](0|[1-9][0-9]{0,5})){2})'
  [digest]='sha256:[0-9a-f]{64}'
  [commit]='[0-9a-f]{40}'
  [id]='[0-9a-f]{32}'
  [fence]='[1-9][0-9]{0,14}'
  [not_after]='[1-9][0-9]{9}'
  [mode]='(normal|force)'
  [bundle]='(https://[a-z0-9.-]+(:[0-9]+)?|file://)/[A-Za-z0-9/._~%=&?-]+'
)
readonly DEPLOY_WORDS='app env tag digest commit id fence not_after mode bundle'
readonly WORD_LIMIT=4096
readonly INSPECT_WORDS='app env id'

# What was asked; `-` where it was not given.
declare -A ASKED=([app]=- [env]=- [tag]=- [digest]=- [commit]=- [id]=- [fence]=- [not_after]=- [mode]=normal [bundle]=-)
VERB=-

# fits WORD TEXT: is this text a whole word of that kind?
fits() {
  ((${#2} <= WORD_LIMIT)) && [[ $2 =~ ^(${GRAMMAR[$1]})$ ]]
}

# take WORD TEXT: TEXT becomes the asked value, or the run ends with 2. The text itself is never repeated: it may be hostile.
take() {
  if [[ $1 == app || $1 == env || $1 == mode || $2 != - ]] && ! fits "$1" "$2"; then
    refuse 2 "bad-${1//_/-}" "$1 must match ${GRAMMAR[$1]}"
  fi
  ASKED[$1]=$2
}

# read_ssm deploy|inspect: values as SSM_<word>. An agent too old to set them must not get a deploy by default.
read_ssm() {
  local word words
  case $1 in
    deploy) words="op $DEPLOY_WORDS" ;;
    inspect) words="verb $INSPECT_WORDS" ;;
    *) refuse 2 verb 'say ssm deploy or ssm inspect' ;;
  esac
  for word in $words; do
    [[ -v SSM_$word ]] || refuse 9 parameter-missing "SSM_$word is not set: the agent must be 3.3.2746.0 or newer"
  done
  if [[ $1 == deploy ]]; then
    fits op "$SSM_op" || refuse 2 bad-op "op must match ${GRAMMAR[op]}"
    VERB=$SSM_op
  else
    [[ $SSM_verb =~ ^(status|diagnostics|logs)$ ]] || refuse 2 bad-verb 'verb must be status, diagnostics or logs'
    VERB=$SSM_verb
  fi
  read_words SSM_ "${words#* }"
  [[ ${ASKED[bundle]} != file:* ]] || refuse 2 bad-bundle 'a bundle from elsewhere is read over https alone'
  need_tag
}

# read_call VERB [APP ENV [TAG [COMMIT]]]: from operands where there are any, else from DEPLOY_*.
read_call() {
  VERB=$1
  shift
  local words=$INSPECT_WORDS word name
  [[ $VERB == deploy || $VERB == rollback ]] && words=$DEPLOY_WORDS
  if (($# > 0)); then
    read_operands "$@"
  else
    for word in $words; do
      name=DEPLOY_${word^^}
      [[ -v $name ]] || refuse 9 parameter-missing "$name is not set"
    done
    read_words DEPLOY_ "$words"
  fi
  need_tag
}

# Only a rollback may leave it to this host what it goes to.
need_tag() {
  [[ $VERB != deploy || ${ASKED[tag]} != - ]] || refuse 2 bad-tag 'a deploy needs a tag'
}

read_operands() {
  (($# >= 2 && $# <= 4)) || refuse 2 operands "say: deployctl $VERB APP ENV [TAG [COMMIT]]"
  take app "$1"
  take env "$2"
  if [[ $VERB == deploy || $VERB == rollback ]]; then
    take tag "${3:--}"
    take commit "${4:--}"
  else
    take id "${3:--}"
  fi
}

# read_words PREFIX WORDS
read_words() {
  local word name
  for word in $2; do
    name=$1$word
    [[ $1 == SSM_ ]] || name=$1${word^^}
    take "$word" "${!name}"
  done
}
