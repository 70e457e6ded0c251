# shellcheck shell=bash
# From the image to workloads that run it. The context is always named: the host's default one is never used.

k() {
  kubectl --kubeconfig "$KUBECONFIG" --context "$CONTEXT" --namespace "$NAMESPACE" "$@"
}

# right_context: evidence from another cluster is no evidence.
right_context() {
  [[ $(kubectl --kubeconfig "$KUBECONFIG" config get-contexts "$CONTEXT" -o name 2>/dev/null) == "$CONTEXT" ]]
}

# apply_manifests: then each workload is stamped with the commit and must have exactly our image.
apply_manifests() {
  local workload
  k apply -f "$TREE/$MANIFESTS" >/dev/null
  for workload in $WORKLOADS; do
    k set image "$workload" "*=$IMAGE" >/dev/null
    k set env "$workload" "DEPLOYED_COMMIT=$COMMIT" "REQUESTED_COMMIT=$COMMIT" >/dev/null
    k annotate --overwrite "$workload" "dayfly/commit=$COMMIT" >/dev/null
  done
}

images_are_ours() {
  local workload images found
  for workload in $WORKLOADS; do
    images=$(k get "$workload" -o 'jsonpath={.spec.template.spec.initContainers[*].image} {.spec.template.spec.containers[*].image}')
    [[ $images == *[![:space:]]* ]] || { echo "$workload tells no image" && return 1; }
    for found in $images; do
      [[ $found == "$IMAGE" ]] || { echo "$workload has the image $found instead of $IMAGE" && return 1; }
    done
  done
}

roll_out() {
  local workload
  for workload in $WORKLOADS; do k rollout restart "$workload" >/dev/null; done
  for workload in $WORKLOADS; do k rollout status "$workload" --timeout "${ROLLOUT_SECONDS}s"; done
}
