import type { Conclusion, Instant } from "../event.ts";
import type { Reason } from "../reason.ts";
import { type Effect, isEnded, type Run, wantedSince } from "./run.ts";
import { end, MAX_ATTEMPTS, move, queue, retry, wakeAt } from "./run-change.ts";
import type { RunEvent } from "./run-event.ts";
import { begin, boot, claim, displace, instanceOf, isUnclaimed, type Limits } from "./run-seat.ts";
import { verdictOf } from "./verdict.ts";

/** Reason code of a run that waits for its profile's limit. */
export const PROFILE_FULL = "profile-full";

/** When to look again if nothing is heard, in milliseconds. */
const LAUNCH_ANSWER_MS = 60_000;
const BLOCKED_MS = 300_000;
const FORGE_LAGS_MS = 30_000;
/** A wait of this length is worth a word at the forge. */
const REPORT_AFTER_MS = 120_000;

/**
 * The life of a run: what an event makes of it, and what has then to be done.
 *
 * Returns the same object when the event changes nothing. Effects are added to those still pending; the caller saves
 * run and effects together, carries the effects out, and says `settled`. Ended is final.
 */
export function decide(run: Run, event: RunEvent, limits: Limits): Run {
  if (event.kind === "settled") return settle(run, event);
  if (isEnded(run)) return run;
  const { at } = event;
  switch (event.kind) {
    case "adopted":
      return run.forgeJobId === undefined ? adopt(run, event) : run;
    case "needs-met":
      return run.status === "waiting" ? queue(run, at, needsMet) : run;
    case "needs-failed":
      return run.status === "waiting" ? end(run, at, "skipped", needsFailed(event)) : run;
    case "blocked":
      return run.status === "queued" ? block(run, at) : run;
    case "postponed":
      return run.status === "queued" ? postpone(run, event) : run;
    case "room":
      return run.status === "queued" && run.reason.code === PROFILE_FULL ? askNow(run, at) : run;
    case "unservable":
      return run.status === "queued" ? end(run, at, "failed", reasonOf(event), [{ kind: "report" }]) : run;
    case "reserved":
      return run.status === "queued" ? reserve(run, event) : run;
    case "launched":
      return run.status === "launching" && run.launchId === event.launchId ? boot(run, at, limits) : run;
    case "not-launched":
      return run.status === "launching" && run.launchId === event.launchId ? retryLaunch(run, event) : run;
    case "not-booted":
      return isUnclaimed(run, event.launchId) ? reportWait(retry(run, at, notBooted, event.retryAt), at) : run;
    case "claimed":
      return run.status === "queued" || isUnclaimed(run, event.seat.launchId) ? claim(run, event, limits) : run;
    case "renamed":
      return isOn(run, event.instanceId) ? { ...run, runnerName: event.runnerName } : run;
    case "began":
      return run.status === "running" ? run : begin(run, at, event.seat);
    case "began-elsewhere":
      return run.status === "running" ? run : end(run, at, "cancelled", servedElsewhere(event.runnerName));
    case "displaced":
      return run.status === "booting" && isOn(run, event.instanceId) ? displace(run, event, limits) : run;
    case "ended-at-forge":
      return endAtForge(run, at, event.conclusion);
    case "machine-ended":
      return isOn(run, event.instanceId) ? machineEnded(run, event) : run;
    case "cancel":
      return end(run, at, "cancelled", { code: "cancelled", text: `cancelled by ${event.by}` }, terminateOf(run));
    case "still":
      return { ...run, dueAt: event.until, nextAction: event.nextAction };
  }
}

function settle(run: Run, { left }: EventOf<"settled">): Run {
  return left.length < run.effects.length ? { ...run, effects: left } : run;
}

type EventOf<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;
type Seated = Extract<Run, { status: "booting" | "running" }>;

function isOn(run: Run, instanceId: string): run is Seated {
  return (run.status === "booting" || run.status === "running") && run.instanceId === instanceId;
}

function adopt(run: Run, { forgeJobId, forgeRunId, forgeTry }: EventOf<"adopted">): Run {
  return { ...run, forgeJobId, forgeRunId, forgeTry };
}

function block(run: Run, at: Instant): Run {
  const reason = { code: "blocked", text: "the forge holds it back: something else comes first" };
  const next = { dueAt: at + BLOCKED_MS, nextAction: "ask the forge whether it may start" };
  return move(run, at, { status: "waiting" }, reason, next);
}

function postpone(run: Run, event: EventOf<"postponed">): Run {
  const effects = [...run.effects, ...wakeAt(event.at, event.until)];
  const waits = { ...run, reason: reasonOf(event), dueAt: event.until, nextAction: "ask for a machine", effects };
  return reportWait(waits, event.at);
}

function askNow(run: Run, at: Instant): Run {
  return { ...run, dueAt: at, effects: [...run.effects, ...wakeAt(at, at)] };
}

function reserve(run: Run, { at, launchId, deadline }: EventOf<"reserved">): Run {
  const attempt = run.attempt + 1;
  const reason = { code: "reserved", text: `launch ${attempt} of at most ${MAX_ATTEMPTS} is written down` };
  const next = { dueAt: at + LAUNCH_ANSWER_MS, nextAction: "repeat the launch if no answer came" };
  return move({ ...run, attempt }, at, { status: "launching", launchId, launchingAt: at, deadline }, reason, next);
}

function retryLaunch(run: Run, { at, shortage, retryAt }: EventOf<"not-launched">): Run {
  const { class: kind, code, text } = shortage;
  if (kind === "permanent") return end(run, at, "failed", { code, text }, [{ kind: "report" }]);
  // A quota or a throttle says nothing about this run: it costs no attempt.
  const after = kind === "pool" ? { ...run, avoidSpot: true as const } : { ...run, attempt: run.attempt - 1 };
  return reportWait(retry(after, at, { code, text }, retryAt), at);
}

/** Who looks at the forge sees only that the job is queued: after a while we say what it waits for, once for each reason. */
function reportWait(run: Run, at: Instant): Run {
  const { code } = run.reason;
  if (run.status !== "queued" || run.reported === code || at - wantedSince(run) < REPORT_AFTER_MS) return run;
  return { ...run, reported: code, effects: [...run.effects, { kind: "report" }] };
}

function endAtForge(run: Run, at: Instant, conclusion: Conclusion): Run {
  const code = `forge-${conclusion}`;
  if (run.status === "running")
    return end(run, at, "completed", { code, text: `the forge says: ${conclusion}` }, [], { conclusion });
  if (conclusion === "skipped") return end(run, at, "skipped", { code, text: "skipped at the forge" });
  if (conclusion === "cancelled")
    return end(run, at, "cancelled", { code, text: "cancelled at the forge before it began" });
  return end(run, at, "cancelled", {
    code: "served-elsewhere",
    text: `it ended (${conclusion}) without a machine of ours`,
  });
}

function machineEnded(run: Seated, event: EventOf<"machine-ended">): Run {
  const { at, cause, forge, retryAt } = event;
  const reason: Reason = { code: `machine-${cause}`, text: `${event.instanceId} ended: ${causeText[cause]}` };
  const verdict = verdictOf(cause, forge, run.status === "running");
  switch (verdict) {
    case "completed":
      return complete(run, event, reason);
    case "retry":
      return reportWait(retry(cause === "spot" ? { ...run, avoidSpot: true } : run, at, reason, retryAt), at);
    case "ask-again":
      return { ...run, dueAt: at + FORGE_LAGS_MS, nextAction: "ask the forge how the job ended" };
    case "cancelled":
      if (forge.kind === "completed") return endAtForge(run, at, forge.conclusion);
      return end(run, at, "cancelled", { code: "no-job-came", text: `${reason.text}; no such job waits at the forge` });
    case "lost":
    case "timeout":
      return end(run, at, verdict, reason, [{ kind: "report" }]);
  }
}

function complete(run: Seated, event: EventOf<"machine-ended">, reason: Reason): Run {
  const conclusion = event.forge.kind === "completed" ? event.forge.conclusion : event.conclusion;
  const text = conclusion ? `the job ended: ${conclusion}` : reason.text;
  const verdict = { ...(conclusion ? { conclusion } : {}), ...(event.outputs ? { outputs: event.outputs } : {}) };
  return end(run, event.at, "completed", { ...reason, text }, [], verdict);
}

function terminateOf(run: Run): readonly Effect[] {
  const instanceId = instanceOf(run);
  return instanceId ? [{ kind: "terminate", instanceId, reason: "its run was cancelled" }] : [];
}

const needsMet: Reason = { code: "needs-met", text: "nothing comes before it any more" };
const notBooted: Reason = { code: "not-booted", text: "no machine claimed it within the boot limit" };

const causeText = {
  "job-done": "its runner finished a job",
  idle: "no job came within the idle limit",
  spot: "the provider took it back",
  deadline: "its time was up",
  "boot-failed": "it did not boot to a runner",
  crashed: "its runner died during a job",
  gone: "it went away without a word",
} as const;

function reasonOf({ code, text }: Reason): Reason {
  return { code, text };
}

function needsFailed({ need, result }: EventOf<"needs-failed">): Reason {
  return { code: "needs-failed", text: `it needs ${need}, which ended ${result}` };
}

function servedElsewhere(runnerName: string): Reason {
  return { code: "served-elsewhere", text: `the forge gave it to ${runnerName}, which is none of ours` };
}
