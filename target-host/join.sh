# shellcheck shell=bash
# Registers this host with Systems Manager: the middle of the script that `dayfly targets add` makes.
#
# in:  ACTIVATION_ID ACTIVATION_CODE REGION, and PROXY (empty: the way out is open)
# out: a running agent that is registered; a host that is registered already keeps its registration. Anything else ends the script.
#      Amazon's installer takes the code as an argument only: root sees it for those seconds, and it is worth one registration.
: "${ACTIVATION_ID:?}" "${ACTIVATION_CODE:?}" "${REGION:?}" "${PROXY?}"

join_systems_manager() {
  if [[ -s /var/lib/amazon/ssm/registration ]] && systemctl --quiet is-active amazon-ssm-agent; then
    echo 'skipped the registration: this host is registered already'
    return
  fi
  [[ -z $PROXY ]] || agent_proxy
  (register)
  echo 'registered with Systems Manager'
}

# In a shell of its own, so that what it fetched goes away however it ends.
register() {
  local processor
  processor=$(processor)
  folder=$(mktemp -d)
  trap 'rm -rf -- "$folder"' EXIT
  # Amazon's own installer: it checks the agent's signature itself. Stdin may be this very script (`bash -s`): it is for nobody else.
  https_proxy=$PROXY curl -q -fsS --proto '=https' --retry 3 --max-time 120 -o "$folder/ssm-setup-cli" -- \
    "https://amazon-ssm-$REGION.s3.$REGION.amazonaws.com/latest/linux_$processor/ssm-setup-cli"
  chmod 700 "$folder/ssm-setup-cli"
  https_proxy=$PROXY timeout 300 "$folder/ssm-setup-cli" \
    -register -activation-id "$ACTIVATION_ID" -activation-code "$ACTIVATION_CODE" -region "$REGION" </dev/null 2>&1 | without_code
}

# Whatever it says may be kept by a terminal or a log.
without_code() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do printf '%s\n' "${line//"$ACTIVATION_CODE"/***}"; done
}

processor() {
  case $(uname -m) in
    x86_64) printf amd64 ;;
    aarch64) printf arm64 ;;
    *) printf 'no agent for %s\n' "$(uname -m)" >&2 && return 1 ;;
  esac
}

# The agent has settings of its own; metadata is never asked through a proxy.
agent_proxy() {
  local unit=/etc/systemd/system/amazon-ssm-agent.service.d
  mkdir -p "$unit"
  # Its address may hold a password.
  (umask 077 && : >"$unit/proxy.conf")
  printf '[Service]\nEnvironment="http_proxy=%s" "https_proxy=%s" "no_proxy=169.254.169.254"\n' "$PROXY" "$PROXY" >"$unit/proxy.conf"
  systemctl daemon-reload
}

join_systems_manager
