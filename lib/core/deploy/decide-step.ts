import type { Instant } from "../event.ts";
import { type Deploy, openStep, type Step, type Underway } from "./deploy.ts";
import { finishStep, note, SKEW_MS, setStep } from "./deploy-change.ts";
import type { DeployEvent, EventOf } from "./deploy-event.ts";
import type { TargetReport } from "./target-report.ts";

/** How long a command may wait for its target, and how long it may then work (below the limit of the SSM document: 9 minutes). */
const START_WITHIN_MS = 10 * 60_000;
const WORK_MS = 10 * 60_000;
/** For how long a target is asked how a command ended. */
const ASK_MS = 15 * 60_000;
/** A deploy of one target is over after this, whatever happens. */
export const STEP_MS = START_WITHIN_MS + WORK_MS + ASK_MS + SKEW_MS;
const MAX_SENDS = 5;

/** When to look again, in milliseconds. */
const PAUSE = { send: 15_000, unanswered: 30_000, soon: 1_000, after: 3_000, later: 15_000 } as const;

type StepEvent = Exclude<DeployEvent, EventOf<"desired" | "superseded" | "held" | "began">>;
type Open<S extends Step["state"] = "sending" | "sent" | "asking"> = Extract<Step, { state: S }>;

/** What an event makes of the target that is at work. A late, doubled or foreign one changes nothing. */
export function decideStep(deploy: Deploy, event: StepEvent): Deploy {
  const step = deploy.status === "running" ? openStep(deploy) : undefined;
  if (!step || step.state === "done") return deploy;
  if (event.kind === "sending") return send(deploy, step, event.at);
  if (step.state === "idle") return deploy;
  const { at } = event;
  switch (event.kind) {
    case "sent":
      return step.state === "sending" ? follow(deploy, step, event) : deploy;
    case "not-sent":
      return step.state === "sending" ? notSent(deploy, step, event) : deploy;
    case "doubtful":
      return step.state === "sending"
        ? { ...deploy, dueAt: at + PAUSE.unanswered, nextAction: "look for the command" }
        : deploy;
    case "no-news":
      return noNews(deploy, step, at);
    case "reported":
      return takeReport(deploy, step, event);
    case "undelivered":
      return undelivered(deploy, step, event);
    case "unheard":
      return step.state === "sent" ? ask(deploy, step, at, event.text) : deploy;
    case "asked":
      return step.state === "asking"
        ? setStep(deploy, step, { ...step, inspectionId: event.inspectionId }, soon(at, "read what the target says"))
        : deploy;
    case "no-answer":
      return step.state === "asking" ? askAgain(deploy, step, event) : deploy;
    case "inspected":
      return step.state === "asking" ? takeInspection(deploy, step, event) : deploy;
    case "time":
      return deploy;
  }
}

/** A first send opens the window; a repeated one stays in it: no copy of the command may begin later. */
function send(deploy: Deploy, step: Step, at: Instant): Deploy {
  if (step.state === "done" || step.state === "sent") return deploy;
  if (step.state === "idle")
    return sendOnce(deploy, step, at, { notAfter: at + START_WITHIN_MS, since: step.since ?? at, sends: 0 });
  if (step.state === "asking") return step.resend ? sendOnce(deploy, step, at, step) : deploy;
  if (step.sends >= MAX_SENDS || at >= step.notAfter)
    return ask(deploy, step, at, "nobody knows whether the command arrived");
  return sendOnce(deploy, step, at, step);
}

function sendOnce(deploy: Deploy, step: Step, at: Instant, { since, notAfter, sends }: Underway): Deploy {
  const state = { state: "sending", since, notAfter, sends: sends + 1 } as const;
  const next = { dueAt: at + PAUSE.unanswered, nextAction: "look for the command" };
  return note(setStep(deploy, step, state, next), at, `send ${sends + 1} to ${step.target}`);
}

function follow(deploy: Deploy, step: Open<"sending">, { at, commandId }: EventOf<"sent">): Deploy {
  const next = soon(at, "follow the command");
  return note(
    setStep(deploy, step, { ...underwayOf(step), state: "sent", commandId }, next),
    at,
    `command ${commandId} is sent`,
  );
}

function notSent(deploy: Deploy, step: Open<"sending">, { at, text, forGood }: EventOf<"not-sent">): Deploy {
  // An earlier copy may have arrived: only the target can say so.
  if (step.sends > 1) return ask(deploy, step, at, text);
  if (forGood || at >= step.since + START_WITHIN_MS) return finishStep(deploy, step, at, { kind: "never-ran", text });
  const next = { dueAt: at + PAUSE.send, nextAction: `send again: ${text}` };
  return setStep(deploy, step, { state: "idle", since: step.since }, next);
}

function noNews(deploy: Deploy, step: Open, at: Instant): Deploy {
  if (step.state === "sending") return deploy;
  if (step.state === "sent" && at >= step.notAfter + WORK_MS) return ask(deploy, step, at, "no result in its time");
  return { ...deploy, ...soonOrLater(at, step.since) };
}

/** The line of a command of ours. A copy that met a lock, or its own twin at work, says nothing about how the deploy ends. */
function takeReport(deploy: Deploy, step: Open, { at, report }: EventOf<"reported">): Deploy {
  if (step.state !== "sent") return deploy;
  if (!isAbout(deploy, report)) return ask(deploy, step, at, "its answer is of another deploy");
  if (report.outcome === "in_progress") return ask(deploy, step, at, report.text);
  if (report.exit === 3) return locked(deploy, step, at, report);
  return finishStep(deploy, step, at, { kind: "reported", report: kept(report) });
}

function locked(deploy: Deploy, step: Open<"sent">, at: Instant, { text }: TargetReport): Deploy {
  if (step.sends > 1) return ask(deploy, step, at, text);
  if (at >= step.since + START_WITHIN_MS) return finishStep(deploy, step, at, { kind: "never-ran", text });
  const next = { dueAt: at + PAUSE.send, nextAction: `send again: ${text}` };
  return note(setStep(deploy, step, { state: "idle", since: step.since }, next), at, `${step.target}: ${text}`);
}

function undelivered(deploy: Deploy, step: Open, { at, text }: EventOf<"undelivered">): Deploy {
  if (step.state !== "sent") return deploy;
  return step.sends > 1 ? ask(deploy, step, at, text) : finishStep(deploy, step, at, { kind: "never-ran", text });
}

function ask(deploy: Deploy, step: Open, at: Instant, why: string): Deploy {
  const askingSince = step.state === "asking" ? step.askingSince : at;
  const next = { dueAt: at, nextAction: `ask ${step.target} how it ended` };
  const asking = setStep(deploy, step, { ...underwayOf(step), state: "asking", askingSince }, next);
  return step.state === "asking" ? asking : note(asking, at, `${step.target}: ${why}; it is asked itself`);
}

function askAgain(deploy: Deploy, step: Open<"asking">, { at, text }: EventOf<"no-answer">): Deploy {
  if (at >= step.askingSince + ASK_MS && at >= step.notAfter + WORK_MS)
    return finishStep(deploy, step, at, { kind: "unknown", text });
  const { inspectionId: _read, ...rest } = step;
  return setStep(deploy, step, rest, { dueAt: at + PAUSE.unanswered, nextAction: `ask ${step.target} again: ${text}` });
}

/** A host may print anything. A refusal may come before its values were read; whatever says more must be of this deploy, its place and its kind: a question about it has the same id. */
function isAbout({ id, op, app, env }: Deploy, report: TargetReport): boolean {
  if (report.exit === 2 || report.exit === 9)
    return isUnset(report.deployId, id) && isUnset(report.app, app) && isUnset(report.env, env);
  return report.op === op && report.deployId === id && report.app === app && report.env === env;
}

function isUnset(said: string | undefined, ours: string): boolean {
  return said === undefined || said === ours;
}

/** The target's own memory: how this id ended, whether it is at work, or that it never heard of it. */
function takeInspection(deploy: Deploy, step: Open<"asking">, { at, report }: EventOf<"inspected">): Deploy {
  if (report.app !== deploy.app || report.env !== deploy.env)
    return askAgain(deploy, step, { kind: "no-answer", at, text: "its answer is of another place" });
  const { deploy: known, operation } = report;
  if (known?.id === deploy.id) return finishStep(deploy, step, at, { kind: "reported", report: kept(known) });
  const { inspectionId: _read, ...rest } = step;
  const again = (pause: number, nextAction: string) => setStep(deploy, step, rest, { dueAt: at + pause, nextAction });
  if (operation?.id === deploy.id && !operation.interrupted)
    return again(PAUSE.later, "wait for the target to finish it");
  // Killed half-way: the same command again makes the target undo it and tell.
  if (operation?.id === deploy.id) {
    if (step.sends < MAX_SENDS) return resend(deploy, step, at);
    return finishStep(deploy, step, at, { kind: "unknown", text: "it was cut short, and is still not undone" });
  }
  // When it looked counts, by the clock that refuses what comes too late: its answer may have been long on the way.
  if (report.at * 1000 >= step.notAfter + SKEW_MS)
    return finishStep(deploy, step, at, { kind: "never-ran", text: "the target never heard of it" });
  if (at < step.notAfter && step.sends < MAX_SENDS) return resend(deploy, step, at);
  return again(PAUSE.unanswered, "ask again when its time is over");
}

/** Harmless: where a copy has arrived meanwhile, the target answers for that one. */
function resend(deploy: Deploy, step: Open<"asking">, at: Instant): Deploy {
  const { inspectionId: _read, ...rest } = step;
  return setStep(deploy, step, { ...rest, resend: true }, { dueAt: at, nextAction: "send again" });
}

function underwayOf({ since, notAfter, sends }: Underway): Underway {
  return { since, notAfter, sends };
}

function kept({ outcome, exit, reason, text, ...more }: TargetReport | NonNullable<TargetReport["deploy"]>) {
  const { phases, log, running } = more as Partial<TargetReport>;
  return {
    ...{ outcome, exit, reason, text },
    ...(running ? { running } : {}),
    ...(phases ? { phases } : {}),
    ...(log ? { tail: log.tail } : {}),
  };
}

function soon(at: Instant, nextAction: string) {
  return { dueAt: at + PAUSE.soon, nextAction };
}

/** A target that is quick is asked quickly; one that takes its time less and less. */
function soonOrLater(at: Instant, since: Instant) {
  const passed = at - since;
  const pause = passed < 10_000 ? PAUSE.soon : passed < 60_000 ? PAUSE.after : PAUSE.later;
  return { dueAt: at + pause, nextAction: "follow the command" };
}
