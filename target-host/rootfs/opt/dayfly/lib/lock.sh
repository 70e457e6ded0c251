# shellcheck shell=bash
# One deploy at a time for an app in an environment. The kernel's lock dies with its holder: nobody ever has to free it.

# take_lock: or ends with 3; `in_progress` where the holder is this very deploy.
take_lock() {
  local tries=0 id pid
  exec 9>>"$FOLDER/lock" || refuse 6 state-unwritable "$FOLDER cannot be written"
  if flock -n 9; then
    printf '%s %s\n' "${ASKED[id]}" "$$" >"$FOLDER/holder" || refuse 6 disk-full "$FOLDER cannot be written"
    return
  fi
  # A holder needs a moment between getting the lock and writing its name.
  until read -r id pid <"$FOLDER/holder" 2>/dev/null && kill -0 "$pid" 2>/dev/null || ((tries++ >= 10)); do sleep 0.05; done
  if [[ ${id:-} == "${ASKED[id]}" ]]; then
    send "$(result_line in_progress 3 same-id 'this very deploy is at work already' "$STATE")"
    exit 3
  fi
  refuse 3 locked "deploy ${id:--} is at work"
}

is_locked() {
  [[ -e $FOLDER/lock ]] && ! flock -n "$FOLDER/lock" true
}
