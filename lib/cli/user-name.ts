import { userInfo } from "node:os";

/** Who calls, for reasons that others read. */
export function userName(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment.USER) return environment.USER;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return "you";
  }
}
