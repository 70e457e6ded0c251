import { fits, grammar, isTagOf, type Release, type Word } from "../../core/deploy/deploy-request.ts";
import { parseJson } from "../../core/json.ts";
import { type Call, CommandError } from "../command.ts";
import { fileAt } from "../world/world-git-file.ts";

type Asked = Pick<Call, "options" | "folder">;

/**
 * The release that a command line names, every word of it in its grammar.
 *
 * @throws CommandError before anybody is asked
 */
export async function releaseOf(call: Asked, app: string, env: string, tag: string | undefined): Promise<Release> {
  const { from, commit, digest } = call.options;
  check("app", app, "<app>");
  check("env", env, "<env>");
  if (typeof from === "string") {
    if (tag !== undefined || commit !== undefined || digest !== undefined)
      throw wrong("--from names the release: leave tag, --commit and --digest out", from);
    return releaseIn(call.folder, from);
  }
  if (tag === undefined) throw wrong("a tag is missing", "dayfly deploy <app> <env> <tag>");
  return checked({ tag, commit, digest });
}

/** Of a rollback, where no tag means the release before. */
export function rollbackRelease(call: Asked, app: string, env: string, tag: string | undefined): Partial<Release> {
  check("app", app, "<app>");
  check("env", env, "<env>");
  const { commit, digest } = call.options;
  if (tag !== undefined) return checked({ tag, commit, digest });
  if (commit !== undefined || digest !== undefined) throw wrong("a tag is missing", "beside --commit or --digest");
  return {};
}

function checked({ tag, commit, digest }: Readonly<Record<keyof Release, unknown>>): Release {
  check("tag", tag, "<tag>");
  if (commit !== undefined) check("commit", commit, "--commit");
  if (digest !== undefined) check("digest", digest, "--digest");
  if (commit !== undefined && !isTagOf(String(tag), String(commit)))
    throw wrong(`the commit does not begin as ${tag} says`, `--commit ${commit}`);
  return {
    tag: String(tag),
    ...(commit === undefined ? {} : { commit: String(commit) }),
    ...(digest === undefined ? {} : { digest: String(digest) }),
  };
}

function check(word: Word, value: unknown, where: string): void {
  if (typeof value === "string" && fits(word, value)) return;
  throw wrong(`that is no ${word}`, `${where} must match ${grammar[word]}`);
}

/**
 * `main:deploy.json#environments.prod`: the object at that place of the file as it is at that ref.
 * What is desired comes from there, never from what runs.
 */
async function releaseIn(folder: string, from: string): Promise<Release> {
  const [, ref, file, place] = /^([\w][\w./-]*):([\w][\w./-]*)#([\w.-]+)$/.exec(from) ?? [];
  if (ref === undefined || file === undefined || place === undefined)
    throw wrong("--from wants ref:file#place", "such as main:deploy.json#environments.prod");
  const text = await fileAt(folder, ref, file).catch((error: unknown) => {
    throw wrong(`${file} cannot be read at ${ref}`, error instanceof Error ? error.message : folder);
  });
  let found: unknown = parseJson(text);
  for (const step of place.split(".")) found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  if (!isObject(found)) throw wrong(`${file} has no object at ${place}`, `${ref}:${file}`);
  const { tag, commit, digest, ...more } = found;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw wrong(`${place} may hold tag, commit and digest, not ${unknown}`, `${ref}:${file}`);
  return checked({ tag, commit, digest });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(what: string, where: string): CommandError {
  const remedy = "`dayfly deploy --help` has examples; nothing was asked for.";
  return new CommandError(what, { where, remedy, exitCode: 2 });
}
