import { WorldError } from "../../core/errors.ts";
import type { Server, ServerForge } from "../../core/forge.ts";
import { CommandError } from "../command.ts";
import { errorCode } from "../failure.ts";
import type { ForgeAccess } from "../world/world-forge.ts";

type Probed = Awaited<ReturnType<Server["probe"]>>;

/** The first question to a forge: is it there, is it one, does it take the token, what can it not do? */
export async function probe(access: ForgeAccess, { server }: Pick<ServerForge, "server">): Promise<Probed> {
  try {
    return await server.probe();
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const known = error.status !== undefined && error.status >= 300 && error.status !== 404;
    throw error.status === undefined || known ? forgeFailure(access, error) : stranger(access, error);
  }
}

/** Any later question: what goes wrong is told in words for whoever typed the address and named the token. */
export async function asking<T>(access: ForgeAccess, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof WorldError ? forgeFailure(access, error) : error;
  }
}

const forgeNames = { gitea: "Gitea", github: "GitHub" } as const;

function forgeFailure({ kind, url, key }: ForgeAccess, error: WorldError): CommandError {
  const { status } = error;
  const failed = (what: string, where: string, remedy: string, exitCode: 2 | 3) =>
    new CommandError(what, { where, remedy, exitCode, cause: error });
  if (status === undefined) return unreachable(url, error);
  if (status >= 300 && status < 400)
    return failed(`${url} redirects (${status})`, "--url", "Give the address at which your browser ends.", 2);
  if (status === 401) return failed(`${forgeNames[kind]} refuses this token (401)`, key.file, tokenPage(kind, url), 2);
  if (status === 403) return failed(error.message, key.file, rights[kind], 2);
  if (status === 404)
    return failed(error.message, url, "Check how the name is written, and that the token's owner may see it.", 2);
  return failed(error.message, url, "Look at the forge's own log, then try again.", 3);
}

/** Something answers, and it does not answer as such a forge does. */
function stranger({ kind, url }: ForgeAccess, error: WorldError): CommandError {
  const other =
    kind === "gitea" ? "An Enterprise Server is named with --forge github." : "A Gitea: with --forge gitea.";
  return new CommandError(`what answers at ${url} is no ${forgeNames[kind]}`, {
    where: error.message,
    remedy: `Check the address and the port. ${other}`,
    exitCode: 2,
    cause: error,
  });
}

function unreachable(url: string, error: WorldError): CommandError {
  const cause = error.cause instanceof Error && error.cause.cause !== undefined ? error.cause.cause : error.cause;
  const code = errorCode(cause) ?? "";
  const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);
  return new CommandError(untrusted ? `the certificate of ${url} is not trusted here` : `nothing answers at ${url}`, {
    where: code === "" ? error.message : code,
    remedy: remedies[code] ?? (untrusted ? ownAuthority : "Check the address, the port, and that the forge runs."),
    exitCode: 3,
    cause: error,
  });
}

const ownAuthority = "Name your own authority's certificate in NODE_EXTRA_CA_CERTS.";

const remedies: Readonly<Record<string, string | undefined>> = {
  ECONNREFUSED: "Start the forge, or check the port.",
  ENOTFOUND: "No such host is known: check how it is written.",
  ERR_SSL_WRONG_VERSION_NUMBER: "It speaks http there, not https: change the address.",
};

function tokenPage(kind: ForgeAccess["kind"], url: string): string {
  const page = kind === "gitea" ? `${url}/user/settings/applications` : `${url}/settings/tokens`;
  return `Make a new one at ${page} and write it into that file.`;
}

const rights = {
  gitea:
    "Its token needs the scope write:repository (write:organization for an owner's hook, write:admin for everything), and its owner must administrate what it is used on.",
  github: "A classic token needs repo, admin:org_hook for an organisation; its owner must administrate the repository.",
} as const;
