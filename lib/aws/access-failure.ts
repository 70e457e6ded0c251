import { WorldError } from "../core/errors.ts";

/** Why a person's own call to AWS failed, and the cure. */
export interface AccessFailure {
  readonly kind: "no-credentials" | "expired" | "unknown-key" | "denied" | "no-region" | "unreachable" | "throttled";
  readonly text: string;
  readonly cure: string;
}

const signIn = "Sign in again (`aws sso login`, or new keys), or choose another profile with AWS_PROFILE.";

const failures: readonly (AccessFailure & { readonly names: RegExp })[] = [
  {
    kind: "no-credentials",
    names: /^(CredentialsProviderError|ProviderError|TokenProviderError)$/,
    text: "there are no AWS credentials here",
    cure: "Run `aws configure` or `aws sso login`, or name a profile with AWS_PROFILE.",
  },
  {
    kind: "expired",
    names: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    text: "the AWS credentials have expired",
    cure: signIn,
  },
  {
    kind: "unknown-key",
    names:
      /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure|IncompleteSignature(Exception)?|InvalidAccessKeyId)$/,
    text: "AWS does not know these credentials",
    cure: `${signIn} A clock that is wrong by minutes looks the same.`,
  },
  {
    kind: "denied",
    names: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError(Exception)?|OptInRequired)$/,
    text: "these AWS credentials may not do that",
    cure: "Use credentials that may read the stack, or ask for that right.",
  },
  {
    kind: "throttled",
    names: /^(Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException)$/,
    text: "AWS is throttling this account's calls",
    cure: "Try again in a minute.",
  },
  {
    kind: "unreachable",
    names:
      /^(TimeoutError|ENOTFOUND|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN|NetworkingError)$/,
    text: "AWS cannot be reached",
    cure: "Check the network, and that the region's name is right.",
  },
];

/** Undefined where the failure is no matter of access: the call itself was refused, or this program is wrong. */
export function accessFailure(error: unknown): AccessFailure | undefined {
  if (error instanceof WorldError && error.cause !== undefined) return accessFailure(error.cause);
  if (!(error instanceof Error)) return undefined;
  if (/region is missing/i.test(error.message)) {
    return {
      kind: "no-region",
      text: "no AWS region is set",
      cure: "Give one with --region, or set AWS_REGION.",
    };
  }
  // The SDK wraps what it does not know as an error; then only its message has the system's word.
  const [system = ""] = /\bE[A-Z_]{4,}\b/.exec(error.message) ?? [];
  const words = [error.name, "code" in error ? String(error.code) : "", system];
  const found = failures.find(({ names }) => words.some((word) => names.test(word)));
  if (!found) return undefined;
  const { names: _names, ...failure } = found;
  return failure;
}
