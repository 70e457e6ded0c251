import { type Call, CommandError, type Option } from "../command.ts";
import { privateFile } from "../private-file.ts";
import type { ForgeAccess, ForgeKey } from "../world/world-forge.ts";

/** The options by which a command finds a forge. */
export const forgeOptions: readonly Option[] = [
  { flags: "--url <address>", text: "of the forge; without it the one that `dayfly start` serves here" },
  {
    flags: "--forge <kind>",
    text: "what answers there; without it github for github.com and ghe.com, else gitea",
    choices: ["gitea", "github"],
  },
  { flags: "--token-file <file>", text: "holds an API token and nothing else, mode 600" },
  { flags: "--app <id>", text: "GitHub: an App's number instead of a token" },
  { flags: "--key-file <file>", text: "with --app: holds the App's private key, mode 600" },
];

/** A forge that the command line does not name: the one that `dayfly start` serves in this folder. */
export interface RememberedForge {
  readonly url: string;
  readonly tokenFile: string;
}

/** The forge that the command line means. @throws CommandError for everything that cannot be right */
export function forgeAccess(call: Call, remembered?: RememberedForge): ForgeAccess {
  const { url = remembered?.url, forge } = call.options;
  if (typeof url !== "string") {
    throw new CommandError("which forge?", {
      where: "--url",
      remedy: "Name its address, such as --url https://git.example.com, or serve it with `dayfly start --url`.",
      exitCode: 2,
    });
  }
  const { hostname } = forgeUrl(url);
  const hosted = hostname === "github.com" || hostname.endsWith(".ghe.com");
  const kind = forge === "github" || (forge === undefined && hosted) ? "github" : "gitea";
  return { kind, url: forgeAddress(url), key: keyOf(call, kind, remembered) };
}

/** The address in the one spelling in which two of them can be compared. @throws CommandError where it is none */
export function forgeAddress(text: string): string {
  const { origin, pathname } = forgeUrl(text);
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

function forgeUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === "https:" || url?.protocol === "http:";
  if (url && web && url.username === "" && url.password === "" && url.search === "" && url.hash === "") return url;
  throw new CommandError(`${JSON.stringify(text)} is no address of a forge`, {
    where: "--url",
    remedy: "Give what your browser shows on its first page, such as https://git.example.com, without a password.",
    exitCode: 2,
  });
}

function keyOf(call: Call, kind: ForgeAccess["kind"], remembered: RememberedForge | undefined): ForgeKey {
  const { tokenFile = remembered?.tokenFile, app, keyFile } = call.options;
  if (typeof app === "string") {
    if (kind === "gitea") throw misused("--app", "a Gitea knows no Apps", "Give --token-file instead.");
    if (!/^\d+$/.test(app)) throw misused("--app", `"${app}" is no App's number`, "It stands on the App's page.");
    if (typeof keyFile !== "string") throw misused("--key-file", "an App proves itself by its key", "Name the file.");
    const wanted = "Download a private key from the App's page, and name that file.";
    return { kind: "app", id: app, file: privateFile(call, { given: keyFile, option: "--key-file", wanted }) };
  }
  const wanted = tokenAdvice(kind);
  if (typeof tokenFile !== "string") throw misused("--token-file", "a forge is asked with a token", wanted);
  return { kind: "token", file: privateFile(call, { given: tokenFile, option: "--token-file", wanted }) };
}

/** How to come by a token, as a sentence. */
export function tokenAdvice(kind: ForgeAccess["kind"]): string {
  return kind === "gitea"
    ? "Write an API token of a site administrator or of the repositories' owner into a file of mode 600."
    : "Write a token with the scopes repo and admin:org_hook, or a fine-grained one, into a file of mode 600.";
}

function misused(where: string, what: string, remedy: string): CommandError {
  return new CommandError(what, { where, remedy, exitCode: 2 });
}
