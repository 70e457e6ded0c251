import { type Dialect, newestGitea, parseVersion } from "../../core/dialect.ts";
import { isZero } from "../../core/event.ts";
import type { Change } from "../../core/forge.ts";
import { type PlanInput, wantsChangedFiles } from "../../core/plan/plan.ts";
import { quote } from "../../core/quote.ts";
import { suggestion } from "../../core/suggestion.ts";
import type { ChangedFiles, TriggerEvent } from "../../core/trigger/trigger-input.ts";
import { githubEvents } from "../../core/webhook/github-events.ts";
import { type Call, CommandError } from "../command.ts";
import type { Checkout } from "../world/world-checkout.ts";
import { type Pull, type PullRun, readPull, readPullRun } from "./question-pull.ts";
import { type Range, readRange, zeros } from "./question-range.ts";

/** An event that somebody asks about, with everything that the engine looks at. */
export interface Question {
  readonly input: PlanInput;
  /** Where the workflow files were looked for, in words. */
  readonly directories: string;
}

type Options = Call["options"];

/** Events whose workflow files are those of the ref that they are about; all others are judged on the default branch. */
const refEvents = ["push", "create", "release", "registry_package", "workflow_dispatch", "merge_group", "deployment"];

export async function readQuestion(checkout: Checkout, options: Options): Promise<Question> {
  const name = knownEvent(text(options.event) ?? "push");
  // Asked for now and awaited later: git answers while the commits are looked for.
  void Promise.allSettled([checkout.repository(), checkout.defaultBranch()]);
  const isPull = name.startsWith("pull_request");
  const range = await readRange(checkout, { ...(await refOption(checkout, name, options)), ...commitOptions(options) });
  const pull = isPull ? await readPull(checkout, range, text(options.base)) : undefined;
  const { files, forge, dialect, run } = await readRules(checkout, { name, range, options, pull });
  const event = await readEvent(checkout, { name, range, options, run });
  const change: Change = pull
    ? { kind: "pull_request", number: "0", head: range.after, ...(pull.mergeBase && { mergeBase: pull.mergeBase }) }
    : { kind: "push", before: range.before, after: range.after };
  const changed = await readChanged(checkout, { dialect, event, files }, change, options.changed);
  const directories = forge === "gitea" ? ".gitea/workflows or .github/workflows" : ".github/workflows";
  return { input: { dialect, event, files, changed }, directories };
}

/** GitHub has every event that Gitea has. */
function knownEvent(name: string): string {
  if (Object.hasOwn(githubEvents, name)) return name;
  throw new CommandError(`no forge has an event ${quote(name)}${suggestion(name, Object.keys(githubEvents))}`, {
    where: `--event ${name}`,
    remedy: "Write an event as it stands below `on:`, such as push or pull_request.",
    exitCode: 2,
  });
}

/** One line: which event, by whose rules, and how much it changed. */
export function describeQuestion({ input }: Question): string {
  const { dialect, event, changed } = input;
  const rules = dialect.forge === "gitea" ? `Gitea ${dialect.version.join(".")}` : "GitHub";
  const ref = event.ref.replace(/^refs\/(heads|tags)\//, "");
  const from = event.before && !isZero(event.before) ? `${event.before.slice(0, 9)}..` : "";
  const what = event.name.startsWith("pull_request") ? `into ${event.baseRef}` : `of ${ref}`;
  const action = event.action ? ` ${event.action}` : "";
  const isNew = event.name === "push" && event.before !== undefined && isZero(event.before) ? ", new" : "";
  const after = event.after ? ` ${from}${event.after.slice(0, 9)}` : "";
  return `${event.name}${action} ${what}${isNew}${after}, by the rules of ${rules}${describeChanged(changed)}`;
}

/** The `event` of `explain --json`. */
export function eventJson({ input }: Question): Readonly<Record<string, unknown>> {
  const { dialect, event, changed } = input;
  return {
    name: event.name,
    ...(event.action !== undefined && { action: event.action }),
    ref: event.ref,
    ...(event.before !== undefined && { before: event.before }),
    ...(event.after !== undefined && { after: event.after }),
    ...(event.baseRef !== undefined && { base: event.baseRef }),
    forge: dialect.forge,
    ...(dialect.forge === "gitea" && { version: dialect.version.join(".") }),
    ...(changed && { changed: changed.kind === "files" ? changed.paths : changed.text }),
  };
}

function describeChanged(changed: ChangedFiles | undefined): string {
  if (!changed) return "";
  if (changed.kind === "undecidable") return `; changed files unknown: ${changed.text}`;
  const count = changed.paths.length;
  return `; ${count} changed ${count === 1 ? "path" : "paths"}`;
}

async function refOption(checkout: Checkout, event: string, options: Options): Promise<{ ref?: string }> {
  const ref = text(options.ref);
  if (ref !== undefined) return { ref };
  if (refEvents.includes(event) || event.startsWith("pull_request")) return {};
  const branch = await checkout.defaultBranch();
  return branch === undefined ? {} : { ref: branch };
}

function commitOptions(options: Options): { before?: string; after?: string } {
  const [before, after] = [text(options.before), text(options.after)];
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

interface RulesInput {
  readonly name: string;
  readonly range: Range;
  readonly options: Options;
  readonly pull: Pull | undefined;
}

/** Whose rules are asked, which files they are about, and what a pull request would run. */
async function readRules(checkout: Checkout, { name, range, options, pull }: RulesInput) {
  const first = await readFiles(checkout, range.after, options);
  const dialect = readDialect(first.forge, text(options.forgeVersion));
  if (!pull) return { ...first, dialect, run: undefined };
  const run = await readPullRun(checkout, dialect, name, range, pull);
  if (run.filesAt === range.after) return { ...first, dialect, run };
  return { ...(await readFiles(checkout, run.filesAt, { ...options, forge: first.forge })), dialect, run };
}

async function readFiles(checkout: Checkout, sha: string, options: Options) {
  const forge = text(options.forge) as "gitea" | "github" | undefined;
  // Like `git diff REF`, a comparison is with the disk unless a commit is named.
  const isEdit = options.diff !== undefined && !options.after && !options.ref && !checkout.isBare;
  if (!options.worktree && !isEdit) return checkout.files(sha, forge);
  if (!checkout.isBare) return checkout.filesOnDisk(forge);
  throw new CommandError("a bare repository has no files on the disk", {
    where: "--worktree",
    remedy: "Leave --worktree out, or call it in a checkout.",
    exitCode: 2,
  });
}

export function readDialect(forge: "gitea" | "github", version: string | undefined): Dialect {
  if (forge === "github") {
    if (version === undefined) return { forge };
    throw new CommandError("GitHub has no versions to choose from", {
      where: `--forge-version ${version}`,
      remedy: "Leave it out, or add --forge gitea.",
      exitCode: 2,
    });
  }
  if (version === undefined) return newestGitea;
  const parsed = parseVersion(version);
  if (parsed) return { forge, version: parsed };
  throw new CommandError(`"${version}" is no version`, {
    where: `--forge-version ${version}`,
    remedy: "Write it as 1.25.4.",
    exitCode: 2,
  });
}

interface EventInput {
  readonly name: string;
  readonly range: Range;
  readonly options: Options;
  readonly run: PullRun | undefined;
}

async function readEvent(checkout: Checkout, { name, range, options, run }: EventInput): Promise<TriggerEvent> {
  const message = text(options.message) ?? range.message;
  const action = text(options.action) ?? (run && "synchronize");
  const repository = await checkout.repository();
  const defaultBranch = await checkout.defaultBranch();
  const disabled = Array.isArray(options.disabled) ? options.disabled : [];
  const shared = {
    name,
    ...(action !== undefined && { action }),
    message,
    ...(repository !== undefined && { repository }),
    ...(defaultBranch !== undefined && { defaultBranch }),
    ...(disabled.length > 0 && { disabled }),
    ...told(options),
  };
  if (run) {
    const title = text(options.title) ?? text(options.message);
    return {
      ...shared,
      ...run.event,
      ...(title !== undefined && { title }),
      ...(options.fork === true && { fork: true }),
    };
  }
  return { ...shared, ref: range.ref, before: name === "push" ? range.before : zeros, after: range.after };
}

/** What only the person who asks can know. */
function told(options: Options): Partial<TriggerEvent> {
  const [sender, workflow, branch, chain] = [options.sender, options.ran, options.ranOn, options.chain].map(text);
  if (chain !== undefined && !/^\d{1,4}$/.test(chain)) {
    throw new CommandError(`"${chain}" is no number of runs`, {
      where: `--chain ${chain}`,
      remedy: "Write it as 0, 1, 2, …",
      exitCode: 2,
    });
  }
  return {
    ...(sender !== undefined && { sender }),
    ...(workflow !== undefined && { workflow }),
    ...(branch !== undefined && { branch }),
    ...(chain !== undefined && { chain: Number(chain) }),
  };
}

async function readChanged(
  checkout: Checkout,
  input: Omit<PlanInput, "changed">,
  change: Change,
  given: Options[string],
): Promise<ChangedFiles | undefined> {
  if (Array.isArray(given) && given.length > 0) return { kind: "files", paths: given };
  return wantsChangedFiles(input) ? checkout.changed(input.dialect.forge, change) : undefined;
}

function text(value: Options[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}
