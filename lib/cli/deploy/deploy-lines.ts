import { formatAge, formatDuration } from "../../dashboard/assets/duration.js";
import type { ExitCode } from "../command.ts";
import { printable, type Style, type Terminal } from "../terminal.ts";
import type { DeployView, EnvironmentView } from "./deploy-view.ts";

const words: Readonly<Record<string, readonly [style: Style, mark: string]>> = {
  waiting: ["yellow", "◷"],
  pending: ["dim", "○"],
  running: ["blue", "●"],
  deployed: ["green", "✓"],
  superseded: ["dim", "–"],
  "rolled-back": ["red", "✗"],
  failed: ["red", "✗"],
  refused: ["red", "⊘"],
  expired: ["red", "⊘"],
  unknown: ["yellow", "?"],
};

/** 0: live, or somebody newer is · 1: it failed or was refused · 3: nobody could be reached, or nobody knows. */
export function exitOfDeploy({ status }: DeployView): ExitCode {
  if (["failed", "rolled-back", "refused"].includes(status)) return 1;
  return status === "expired" || status === "unknown" ? 3 : 0;
}

export function deployWord({ status }: Pick<DeployView, "status">, { paint }: Terminal, width = 0): string {
  const [style, mark] = words[status] ?? ["dim", "·"];
  return paint(style, `${mark} ${status}`.padEnd(width));
}

/** One line for each deploy. */
export function deployTable(deploys: readonly DeployView[], now: number, terminal: Terminal): readonly string[] {
  const cells = deploys.map((deploy) => [
    deploy.id.slice(0, 8),
    `${deploy.app}/${deploy.env}`,
    deploy.op === "rollback" ? `rollback ${deploy.release?.tag ?? ""}`.trim() : (deploy.release?.tag ?? ""),
    formatAge(now - deploy.createdAt),
  ]);
  const widths = [0, 1, 2, 3].map((index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return deploys.map((deploy, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    return `${row}  ${deployWord(deploy, terminal, 13)}  ${printable(deploy.reason.text)}`;
  });
}

/** How it ended, in one line: deployctl's own code and words are in it. */
export function outcomeLine(deploy: DeployView, terminal: Terminal): string {
  const codes = deploy.steps.flatMap(({ target, outcome }) =>
    outcome?.report ? [`${target}: deployctl ${outcome.report.exit}`] : [],
  );
  const told = codes.length > 0 ? ` (${codes.join(", ")})` : "";
  return `${deployWord(deploy, terminal)} ${deploy.app}/${deploy.env}: ${printable(deploy.reason.text)}${told}`;
}

/** Everything about one deploy, for reading. */
export function deployDetails(deploy: DeployView, terminal: Terminal): readonly string[] {
  const { release, nextAction } = deploy;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["deploy", deploy.id],
    ["status", deployWord(deploy, terminal)],
    ["why", printable(deploy.reason.text)],
    ["next", nextAction && printable(nextAction)],
    ["of", `${deploy.op} ${release?.tag ?? "to the release before"} in ${deploy.app}/${deploy.env}`],
    ["commit", release?.commit],
    ["digest", release?.digest],
    ["asked by", printable(deploy.by)],
    ["approved by", deploy.approvedBy && printable(deploy.approvedBy)],
  ];
  return [
    ...facts.flatMap(([name, value]) => (value ? [`${terminal.paint("dim", name.padEnd(11))} ${value}`] : [])),
    ...deploy.history.map((entry) => historyLine(deploy, entry, terminal)),
    ...deploy.steps.flatMap((step) => phaseLines(step, terminal)),
  ];
}

export function historyLine(
  { createdAt }: DeployView,
  { at, text }: DeployView["history"][number],
  { paint }: Terminal,
): string {
  return `${paint("dim", `+${formatDuration(at - createdAt)}`.padEnd(11))} ${printable(text)}`;
}

function phaseLines({ target, outcome }: DeployView["steps"][number], { paint }: Terminal): readonly string[] {
  const phases = Object.entries(outcome?.report?.phases ?? {});
  if (phases.length === 0) return [];
  const told = phases.map(([name, milliseconds]) => `${name} ${formatDuration(milliseconds)}`);
  return [`${paint("dim", target.padEnd(11))} ${told.join(" · ")}`];
}

/** Desired, observed and operation: three things, and whether the first two agree. */
export function environmentLines(view: EnvironmentView, now: number, { paint }: Terminal): readonly string[] {
  const { desired, targets, operation, waiting } = view;
  const name = (part: string) => paint("dim", `  ${part.padEnd(11)}`);
  const wanted = desired
    ? `${desired.release?.tag ?? "the release before"} ${short(desired.release?.commit)}`
    : "nothing";
  return [
    paint("bold", `${view.app}/${view.env}`),
    `${name("desired")}${wanted.trim()}${desired ? ` by ${printable(desired.by)}` : ""}`,
    ...targets.map((target) => `${name("observed")}${observedText(target, now)}`),
    `${name("operation")}${operation ? `${operation.id.slice(0, 8)} ${operation.status}, next: ${printable(operation.nextAction ?? "")}` : "none"}`,
    ...waiting.map(
      ({ id, release, by }) => `${name("waiting")}${id.slice(0, 8)} ${release?.tag ?? ""} asked by ${printable(by)}`,
    ),
  ];
}

function observedText({ name, observed, state }: EnvironmentView["targets"][number], now: number): string {
  if (!observed) return `${name}: nobody has seen it yet`;
  const { release, condition, at, from } = observed;
  const what = [release?.tag, short(release?.commit)].filter(Boolean).join(" ") || "nothing";
  const verdict = { same: "as desired", differs: "differs from desired", unknown: "" }[state];
  return `${name}: ${what}, ${condition}${verdict && `, ${verdict}`} (${from}, ${formatAge(now - at)})`;
}

function short(commit: string | undefined): string {
  return commit?.slice(0, 7) ?? "";
}
