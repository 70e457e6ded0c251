const small: Readonly<Record<string, number>> = { nano: 2, micro: 2, small: 2, medium: 2, large: 2, metal: 64 };

/**
 * vCPUs of an instance type by its size, as quotas count them: `large` has 2, `4xlarge` 16. At most too many:
 * Graviton's `medium` has one.
 */
export function vcpusOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const times = /^(\d*)xlarge$/.exec(size);
  if (times) return 4 * Number(times[1] || 1);
  return Object.hasOwn(small, size) ? (small[size] ?? 2) : 2;
}
