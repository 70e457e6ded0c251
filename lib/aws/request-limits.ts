/**
 * For how long the SDK waits for one answer. Left alone it waits longer than any Lambda lives, and `requestTimeout` by itself
 * only writes a warning: https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/node-http-handler.ts
 *
 * @param milliseconds from the request to the whole answer's beginning
 */
export function requestLimits(milliseconds: number) {
  return { connectionTimeout: 2_000, requestTimeout: milliseconds, throwOnRequestTimeout: true };
}
