import type { ConfigFile } from "../../core/config/config-file.ts";
import type { Check } from "../../core/report/checkup.ts";

/** What `dayfly doctor` wants to know of a stack on AWS. */
export interface StackExam {
  readonly file: ConfigFile;
  /** Repositories whose webhooks are looked at, besides those that the file names in full. */
  readonly repos: readonly string[];
  readonly checkout: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears each finding as soon as it is known. */
  readonly tell: (checks: readonly Check[]) => void;
}

export type ExamineStack = (exam: StackExam) => Promise<void>;
