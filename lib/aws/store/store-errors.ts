import { WorldError } from "../../core/errors.ts";

interface ServiceFailure {
  readonly name: string;
  readonly message: string;
  readonly $fault?: "client" | "server";
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

/** Client faults that pass by themselves; every other one is a mistake of ours or of the installation. */
const passing =
  /^(ProvisionedThroughputExceeded|RequestLimitExceeded|Throttling|LimitExceeded|TransactionConflict|TransactionInProgress|ExpiredToken|RequestTimeout)/;

/** A DynamoDB failure in our words. Its effect may have happened all the same. */
export function asWorldError(operation: string, error: unknown): WorldError {
  if (error instanceof WorldError) return error;
  const { name, message, $fault } = error as ServiceFailure;
  const retryable = $fault !== "client" || passing.test(name);
  return new WorldError(`dynamodb ${operation}: ${name}: ${message}`, { retryable, cause: error });
}

export function isRefused(error: unknown): boolean {
  return (error as ServiceFailure).name === "ConditionalCheckFailedException";
}

/**
 * For each action of a cancelled transaction whether its condition refused it; undefined where something else went wrong,
 * such as a conflict with another writer, which may pass.
 */
export function refusals(error: unknown): readonly boolean[] | undefined {
  const { name, CancellationReasons } = error as ServiceFailure;
  if (name !== "TransactionCanceledException" || !CancellationReasons) return undefined;
  const refused = CancellationReasons.map(({ Code }) => Code === "ConditionalCheckFailed");
  return refused.includes(true) ? refused : undefined;
}

/** Another writer had one of the items in hand: nothing was written, and a moment later it may be. */
export function isConflict(error: unknown): boolean {
  const { name, CancellationReasons = [] } = error as ServiceFailure;
  return (
    name === "TransactionCanceledException" && CancellationReasons.some(({ Code }) => Code === "TransactionConflict")
  );
}
