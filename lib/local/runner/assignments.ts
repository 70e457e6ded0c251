import { UserError } from "../../core/errors.ts";

/**
 * What a step wrote to GITHUB_ENV or GITHUB_OUTPUT: `name=value`, or `name<<MARK`, lines and `MARK`.
 *
 * @throws UserError for a line that is neither, and for a mark that never comes
 * @source GitHub Actions, "Workflow commands: environment files"
 */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals > 0 && (heredoc < 0 || equals < heredoc)) {
      values.set(line.slice(0, equals), line.slice(equals + 1));
      continue;
    }
    const mark = line.slice(heredoc + 2);
    if (heredoc <= 0 || mark === "") throw new UserError(`"${shorten(line)}" is neither name=value nor name<<MARK`);
    const end = lines.indexOf(mark, at + 1);
    if (end < 0) throw new UserError(`the lines after "${shorten(line)}" never come to ${shorten(mark)}`);
    values.set(line.slice(0, heredoc), lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return values;
}

/** May a step set this variable for the steps after it? Those that say where it runs, or what node loads, it may not. */
export function maySet(name: string): boolean {
  return !/^(GITHUB_|RUNNER_|GITEA_|DAYFLY_)/i.test(name) && name.toUpperCase() !== "NODE_OPTIONS";
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
