#!/usr/bin/env bash
# Is this machine, or image, complete? The image pipeline runs it last; a failure keeps the image from being used.
#
# in:  $DAYFLY_RUNNERS (words of: gitea github), versions.env
# out: one line for each check; exit 1 when one failed
set -Eeuo pipefail
: "${DAYFLY_RUNNERS:=gitea github}" "${DAYFLY_OPT:=/opt/dayfly}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=runner-ami/versions.env
source "$here/versions.env"
failed=0

main() {
  for tool in docker git go node jq curl; do
    check "$tool is installed" command -v "$tool"
  done
  check "curl signs for AWS" curl_signs
  check "user runner exists" id runner
  check "user runner may use docker" user_in_docker
  case " $DAYFLY_RUNNERS " in *" gitea "*)
    check "act_runner is $ACT_RUNNER_VERSION" says "$ACT_RUNNER_VERSION" "$DAYFLY_OPT/act_runner" --version
    ;;
  esac
  case " $DAYFLY_RUNNERS " in *" github "*)
    check "actions/runner is $ACTIONS_RUNNER_VERSION" says "$ACTIONS_RUNNER_VERSION" \
      runuser -u runner -- "$DAYFLY_OPT/actions-runner/bin/Runner.Listener" --version
    ;;
  esac
  check "nothing of a run is left behind" clean
  return "$failed"
}

check() {
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "ok      $what"
  else
    echo "FAILED  $what"
    failed=1
  fi
}

says() {
  local wanted=$1
  shift
  "$@" 2>&1 | grep -qF -- "$wanted"
}

curl_signs() {
  curl --help all | grep -q -- --aws-sigv4
}

user_in_docker() {
  id -nG runner | grep -qw docker
}

clean() {
  [ ! -e /var/lib/dayfly/boot-id ] && [ ! -e /run/dayfly/claim.json ] && [ ! -e /home/runner/.runner ]
}

main "$@"
