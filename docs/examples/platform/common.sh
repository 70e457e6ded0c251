# shellcheck shell=bash
# What the checks share. The context is always named: evidence from another cluster is no evidence.
: "${KUBECONFIG:?}" "${CONTEXT:?}" "${NAMESPACE:?}" "${WORKLOADS:?}" "${SERVICES:?}" "${HEALTH_URL:?}"

k() {
  kubectl --kubeconfig "$KUBECONFIG" --context "$CONTEXT" --namespace "$NAMESPACE" "$@"
}

bad() {
  printf '%s\n' "$1"
  exit 1
}

# health FILTER: a value of the health answer, whatever its HTTP status is.
health() {
  curl -q -sS --max-time 5 -- "$HEALTH_URL" | jq -r "$1"
}

# is_good FILTER NAME: that part of the health answer is "ok".
is_good() {
  local said
  said=$(health "$1") || bad "the health answer cannot be read"
  [[ $said == ok ]] || bad "$2: $said"
  printf '%s: ok\n' "$2"
}
