import { UserError } from "../../core/errors.ts";

/** How a step's script is started: the file's ending, and the command line for it. */
export interface Shell {
  readonly ending: string;
  argv(file: string): readonly string[];
}

/**
 * The command line for a `shell:` as the forges define it.
 *
 * @param name as written; undefined where neither step nor `defaults` says one
 * @param hasBash without a name bash is taken where there is one, else sh
 * @throws UserError for a word that is no shell of the forges and holds no `{0}`
 * @source GitHub Actions, "jobs.<job_id>.steps[*].shell"
 */
export function shellOf(name: string | undefined, hasBash: boolean): Shell {
  switch (name) {
    case undefined:
      return { ending: ".sh", argv: (file) => [hasBash ? "bash" : "sh", "-e", file] };
    case "bash":
      return { ending: ".sh", argv: (file) => ["bash", "--noprofile", "--norc", "-eo", "pipefail", file] };
    case "sh":
      return { ending: ".sh", argv: (file) => ["sh", "-e", file] };
    case "python":
      return { ending: ".py", argv: (file) => ["python", file] };
    case "pwsh":
      return { ending: ".ps1", argv: (file) => ["pwsh", "-command", `. '${file}'`] };
    default:
      return custom(name);
  }
}

/** `perl -w {0}`: words between blanks, no quoting, and no shell of ours. */
function custom(template: string): Shell {
  const words = template.split(/\s+/).filter((word) => word !== "");
  if (!words.some((word) => word.includes("{0}"))) {
    throw new UserError(`shell "${template}" is none of bash, sh, python, pwsh, and has no {0} for the script's file`);
  }
  return { ending: "", argv: (file) => words.map((word) => word.replaceAll("{0}", () => file)) };
}
