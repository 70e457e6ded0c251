import { resolve } from "node:path";
import type { Finding } from "../../core/finding.ts";
import { lint as lintFiles } from "../../core/report/lint.ts";
import type { Call, ExitCode } from "../command.ts";
import { printable } from "../terminal.ts";
import { openCheckout } from "../world/world-checkout.ts";
import { readDialect } from "./question.ts";

/** 0: nothing found, or traps alone; 1: problems, or with --strict anything. */
export async function runLint({ options, terminal, folder }: Call): Promise<ExitCode> {
  const checkout = await openCheckout(resolve(folder, typeof options.repo === "string" ? options.repo : "."));
  const forge = options.forge as "gitea" | "github" | undefined;
  const head = await checkout.commit("HEAD");
  const read = checkout.isBare && head ? checkout.files(head.sha, forge) : checkout.filesOnDisk(forge);
  const { files, forge: rules } = await read;
  const version = typeof options.forgeVersion === "string" ? options.forgeVersion : undefined;
  const paths = head ? await checkout.paths(head.sha) : undefined;
  const findings = lintFiles({ dialect: readDialect(rules, version), files, ...(paths && { paths }) });
  if (options.json) terminal.print(JSON.stringify({ findings }, undefined, 2));
  else {
    for (const finding of findings) terminal.print(told(terminal, finding));
    terminal.say(summary(files.length, findings));
  }
  const failed = findings.some(({ kind }) => kind === "problem" || options.strict === true);
  return failed ? 1 : 0;
}

function told(terminal: Call["terminal"], { kind, file, at, text }: Finding): string {
  const place = at ? `${file}:${at.line}:${at.column}` : file;
  const mark = terminal.paint(kind === "problem" ? "red" : "yellow", kind.padEnd(7));
  return `${mark} ${printable(place)} ${printable(text)}`;
}

function summary(files: number, findings: readonly Finding[]): string {
  const count = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind).length;
  const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `${plural(files, "workflow file")}: ${plural(count("problem"), "problem")}, ${plural(count("trap"), "trap")}`;
}
