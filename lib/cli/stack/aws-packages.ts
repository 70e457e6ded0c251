import { CommandError } from "../command.ts";
import { errorCode } from "../failure.ts";

/** `npm start` installs only what one computer needs. */
export function lacksPackages(error: unknown): never {
  if (errorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
  throw new CommandError("the packages for AWS are not installed", {
    where: "this checkout of Dayfly",
    remedy: "Run `npm ci` there.",
    exitCode: 3,
    cause: error,
  });
}
