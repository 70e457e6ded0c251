import type { Dialect } from "../core/dialect.ts";
import type { Envelope, PullRequest } from "../core/event.ts";
import type { Change, Forge } from "../core/forge.ts";
import type { EventDecision } from "../core/plan/decision.ts";
import { planEvent, wantsChangedFiles } from "../core/plan/plan.ts";
import { identityOf } from "../core/run/run-key.ts";
import { pullRef, targetBranch } from "../core/trigger/pull-request.ts";
import type { TriggerEvent } from "../core/trigger/trigger-input.ts";

export interface DecidedEvent {
  /** Identity of the event, whoever tells of it how often. */
  readonly pushId: string;
  /** As the forge runs it: its ref and commit are those of its runs. */
  readonly envelope: Envelope;
  readonly decision: EventDecision;
}

/** One delivery, as one of the events that it stands for. */
interface Question {
  readonly forge: Forge;
  readonly dialect: Dialect;
  readonly envelope: Envelope;
  /** The commit whose workflow files are read. */
  readonly filesAt: string;
}

/**
 * The engine's decision on a delivery, with all that the engine asks for.
 *
 * A pull request is two events: `pull_request`, by its own workflow files, and `pull_request_target`, by those of another branch.
 * The second one is left out where no file listens to it.
 */
export async function decideEvents(forge: Forge, envelope: Envelope): Promise<readonly DecidedEvent[]> {
  const { repo, pr, after = "" } = envelope;
  const dialect = await forge.dialect(repo, after);
  const decided = [
    {
      pushId: identityOf(envelope),
      envelope,
      decision: await decideEvent({ forge, dialect, envelope, filesAt: after }),
    },
  ];
  if (envelope.event !== "pull_request" || !pr) return decided;
  const target = await targetOf(forge, dialect, envelope, pr);
  if (!target) return decided;
  const decision = await decideEvent(target);
  if (decision.workflows.every(({ reason }) => reason.code === "event-not-listed")) return decided;
  // The identity is that of the delivery: the branch may have moved when it comes again.
  const pushId = identityOf({ ...envelope, event: target.envelope.event });
  return [...decided, { pushId, envelope: target.envelope, decision }];
}

async function targetOf(
  forge: Forge,
  dialect: Dialect,
  envelope: Envelope,
  pr: PullRequest,
): Promise<Question | undefined> {
  const { repo } = envelope;
  const branch =
    targetBranch(dialect, pr.baseRef) ?? envelope.defaultBranch ?? (await forge.source.defaultBranch(repo));
  const tip = await forge.source.branchTip(repo, branch);
  // A base branch that is gone, as when the pull request closes because of that.
  if (tip === undefined) return undefined;
  const target = { ...envelope, event: "pull_request_target", ref: `refs/heads/${branch}` };
  return { forge, dialect, filesAt: tip, envelope: dialect.forge === "github" ? { ...target, after: tip } : target };
}

async function decideEvent({ forge, dialect, envelope, filesAt }: Question): Promise<EventDecision> {
  const { repo } = envelope;
  const files = await forge.source.workflowFiles(repo, filesAt);
  const event = await triggerEvent(forge, envelope, dialect);
  const changed = wantsChangedFiles({ dialect, event, files })
    ? await forge.source.changedFiles(repo, changeOf(envelope))
    : undefined;
  const input = { dialect, event, files, changed };
  const decision = planEvent(input);
  // Asked last, and only where it matters: it is a call that most events do without.
  if (!forge.switches || !decision.workflows.some(mayRun)) return decision;
  const disabled = await forge.switches.disabled(repo);
  if (disabled === "silent" || disabled.length === 0) return decision;
  return planEvent({ ...input, event: { ...event, disabled } });
}

function mayRun({ decision }: EventDecision["workflows"][number]): boolean {
  return decision === "run" || decision === "undecided";
}

async function triggerEvent(forge: Forge, envelope: Envelope, dialect: Dialect): Promise<TriggerEvent> {
  const { repo, event, action, ref = "", before, after, pr, sender, defaultBranch, archived, tagsAtOnce } = envelope;
  const messageOf = searchedCommit(dialect, envelope);
  const commit = messageOf ? await forge.source.commit(repo, messageOf) : undefined;
  return {
    name: event,
    ref: pr && event === "pull_request" ? pullRef(dialect, pr.number) : ref,
    sender,
    repository: repo.name,
    ...(action ? { action } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    ...(commit ? { message: commit.message } : {}),
    ...(defaultBranch ? { defaultBranch } : {}),
    ...(archived ? { archived } : {}),
    ...(tagsAtOnce === undefined ? {} : { tagsAtOnce }),
    ...(pr ? pullFacts(pr) : {}),
  };
}

function pullFacts({ number, baseRef, title, headSha, fork, conflict }: PullRequest): Partial<TriggerEvent> {
  return { number, baseRef, title, headSha, fork, ...(conflict ? { conflict } : {}) };
}

/** Whose message may hold a skip string. Gitea looks at the commit that runs: a merged pull request's is the merge. */
function searchedCommit({ forge }: Dialect, { after, pr }: Envelope): string | undefined {
  return forge === "gitea" ? after : (pr?.headSha ?? after);
}

function changeOf({ before = "", after = "", firstCommit, pr }: Envelope): Change {
  if (!pr) return { kind: "push", before, after, ...(firstCommit ? { firstCommit } : {}) };
  return {
    kind: "pull_request",
    number: pr.number,
    head: pr.headSha,
    ...(pr.mergeBase ? { mergeBase: pr.mergeBase } : {}),
  };
}
