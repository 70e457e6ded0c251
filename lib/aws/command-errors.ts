import { WorldError } from "../core/errors.ts";

/**
 * What a failed SendCommand says. `unreachable` and `impossible` promise that no command exists; `unknown`: one may,
 * and so may a code that nobody has met yet.
 */
export type SendErrorClass = "unreachable" | "impossible" | "unknown";

/** Codes of https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html, and those that every call may meet. */
const sendErrors: Readonly<Record<string, SendErrorClass>> = {
  // "Verify that the SSM Agent is running and registered, and that the node is not stopped or terminated": it may come back.
  InvalidInstanceId: "unreachable",
  ThrottlingException: "unreachable",
  TooManyRequestsException: "unreachable",
  AccessDeniedException: "impossible",
  DuplicateInstanceId: "impossible",
  ExpiredTokenException: "unreachable",
  InvalidDocument: "impossible",
  InvalidDocumentVersion: "impossible",
  InvalidNotificationConfig: "impossible",
  InvalidOutputFolder: "impossible",
  InvalidParameters: "impossible",
  InvalidRole: "impossible",
  MaxDocumentSizeExceeded: "impossible",
  UnsupportedPlatformType: "impossible",
  ValidationException: "impossible",
  InternalServerError: "unknown",
};

/** Names of errors of this computer that come before a single byte is sent. */
const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CredentialsProviderError"]);

export function classifySendError(error: unknown): SendErrorClass {
  const code = codeOf(error);
  if (neverSent.has(code)) return "unreachable";
  return sendErrors[code] ?? "unknown";
}

/** The service's own code, or that of the connection. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name;
}

/** A question that was not answered: throttled and broken ones may be asked again, a right that is missing is named. */
export function asWorldError(action: string, error: unknown): WorldError {
  const code = codeOf(error);
  const retryable = code !== "AccessDeniedException" && code !== "ValidationException";
  const missing = code === "AccessDeniedException" ? ` (the role lacks ssm:${action})` : "";
  return new WorldError(`ssm ${action}: ${code}${missing}`, { retryable, cause: error });
}
