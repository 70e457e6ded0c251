import { describe, expect, it } from "@jest/globals";
import { asWorldError, isConflict, isRefused, refusals } from "../../../lib/aws/store/store-errors.ts";
import { WorldError } from "../../../lib/core/errors.ts";

function failure(name: string, rest: object = {}): Error {
  return Object.assign(new Error("because"), { name, ...rest });
}

function cancelled(...codes: readonly string[]): Error {
  return failure("TransactionCanceledException", {
    $fault: "client",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

describe("asWorldError", () => {
  it.each([
    ["ProvisionedThroughputExceededException", "client", true],
    ["ThrottlingException", "client", true],
    ["RequestLimitExceeded", "client", true],
    ["TransactionInProgressException", "client", true],
    ["ExpiredTokenException", "client", true],
    ["InternalServerError", "server", true],
    ["TimeoutError", undefined, true],
    ["ECONNRESET", undefined, true],
    ["ValidationException", "client", false],
    ["ResourceNotFoundException", "client", false],
    ["AccessDeniedException", "client", false],
    ["UnrecognizedClientException", "client", false],
    ["ItemCollectionSizeLimitExceededException", "client", false],
  ])("%s (fault of the %s) is retryable: %s", (name, $fault, retryable) => {
    const error = asWorldError("PutItem", failure(name, { $fault }));
    expect(error).toMatchObject({ retryable, message: `dynamodb PutItem: ${name}: because` });
  });

  it("leaves a WorldError as it is", () => {
    const error = new WorldError("keys are left over", { retryable: true });
    expect(asWorldError("Query", error)).toBe(error);
  });
});

describe("refusals", () => {
  it("says which conditions refused", () => {
    expect(refusals(cancelled("ConditionalCheckFailed", "None", "ConditionalCheckFailed"))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    ["a conflict", cancelled("TransactionConflict", "None")],
    ["throttling", cancelled("ThrottlingError", "None")],
    ["another error", failure("ValidationException")],
  ])("knows %s for no refusal", (_what, error) => {
    expect(refusals(error)).toBeUndefined();
  });
});

describe("isConflict", () => {
  it("is true of another writer's transaction only", () => {
    expect(isConflict(cancelled("None", "TransactionConflict"))).toBe(true);
    expect(isConflict(cancelled("ThrottlingError"))).toBe(false);
    expect(isConflict(failure("ThrottlingException"))).toBe(false);
  });
});

describe("isRefused", () => {
  it("is true of a failed condition only", () => {
    expect(isRefused(failure("ConditionalCheckFailedException"))).toBe(true);
    expect(isRefused(failure("ThrottlingException"))).toBe(false);
  });
});
