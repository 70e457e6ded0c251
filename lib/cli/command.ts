import type { OpenStack, OpenStackDeploys } from "./read-world.ts";
import type { ExamineStack } from "./stack/stack-exam.ts";
import type { OpenLocalWorld } from "./start/local-world.ts";
import type { Terminal } from "./terminal.ts";

/** 0 fine · 1 checked and found bad · 2 wrong usage or file · 3 something cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3;

/** One command, declared once: parsing, `--help` and docs/reference/commands.md all come from this. */
export interface CommandSpec {
  /** As typed after `dayfly`: `explain`, `runs show`. */
  readonly name: string;
  /** One line, for lists. */
  readonly summary: string;
  /** What the summary leaves out, one sentence a line. */
  readonly details?: readonly string[];
  readonly operands?: readonly Operand[];
  readonly options?: readonly Option[];
  readonly examples: readonly Example[];
  /** Loads the code only when the command is called, so that `--help` and small commands start fast. */
  readonly load: () => Promise<CommandRun>;
}

export type CommandRun = (call: Call) => Promise<ExitCode>;

export interface Operand {
  /** `<key>` is needed, `[key]` may be left out, `[paths...]` may be many. */
  readonly name: string;
  readonly text: string;
}

export interface Option {
  /** `--json`, `--ref <ref>`, `-p, --port <number>`. */
  readonly flags: string;
  readonly text: string;
  readonly choices?: readonly string[];
  /** May be given several times; its value is then a list, empty where it was not given. */
  readonly repeat?: boolean;
  readonly fallback?: string;
}

export interface Example {
  /** Copyable as it stands. */
  readonly line: string;
  readonly says: string;
}

/** Paths of the other bundled programs, by name (bin/bundle.mjs). */
export type Programs = Readonly<Record<string, string>>;

/** What the person typed, and where to answer. */
export interface Call {
  readonly operands: readonly string[];
  /** By camel-cased long name; a flag is `true`, a value text, a repeatable option a list. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly terminal: Terminal;
  readonly programs: Programs;
  /** Top folder of our own sources: files of the page and of the demo lie there. */
  readonly checkout: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder the command was called in. */
  readonly folder: string;
  /** Opens the local world of a folder. */
  readonly openWorld: OpenLocalWorld;
  /** Opens a stack on AWS to read it. */
  readonly openStack: OpenStack;
  /** Opens the deploy API of a stack on AWS. */
  readonly openStackDeploys: OpenStackDeploys;
  /** Asks for a secret, which is never shown; undefined where nobody gave one. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  /** Looks at everything about a stack on AWS. */
  readonly examineStack: ExamineStack;
  /** Every command there is, for the reference. */
  readonly commands: readonly CommandSpec[];
  /** From this call on Ctrl-C and SIGTERM fire the signal instead of ending the process: for what watches or serves. */
  readonly untilInterrupted: () => AbortSignal;
}

/** A failure in the three lines that a person gets: what, where, what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly where: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;

  constructor(what: string, options: { where: string; remedy: string; exitCode: ExitCode; cause?: unknown }) {
    super(what, { cause: options.cause });
    this.where = options.where;
    this.remedy = options.remedy;
    this.exitCode = options.exitCode;
  }
}
