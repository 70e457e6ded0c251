/**
 * Deliberate bugs, one edit of our code each. The simulator has to notice every one of them, or it proves nothing.
 *
 * `find` stands exactly once in the file; where it does not any more, mend the mutant: its bug must stay thinkable.
 */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Beginning of the promise that it breaks. */
  readonly breaks: string;
  /** A story that showed it once: it is told first, and where it does not show it any more, all are. */
  readonly seen?: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: "an ended run is moved by a late event",
    file: "lib/core/run/decide.ts",
    find: "if (isEnded(run)) return run;",
    replace: "",
    breaks: "terminal is final",
  },
  {
    name: "a claim is not tied to the run that was read",
    file: "lib/app/claim.ts",
    find: "world.machineRecords.claim(machine, next, run.version)",
    replace: "world.machineRecords.claim(machine, next, (await world.runs.get(run.key))?.version ?? 0)",
    breaks: "no job runs twice",
    seen: 26,
  },
  {
    name: "a repeated launch asks with a token of its own",
    file: "lib/app/launch.ts",
    find: "await world.machines.launch(launch)",
    replace: "await world.machines.launch({ ...launch, token: world.random.hex(32) })",
    breaks: "a launch has no more machines than it asked for",
    seen: 60,
  },
  {
    name: "the sweep looks at no run that is due",
    file: "lib/app/sweep.ts",
    find: "world.runs.due(world.clock.now(), AT_MOST)",
    replace: "Promise.resolve([])",
    breaks: "every run ends",
  },
  {
    name: "a launch without an answer is never repeated",
    file: "lib/app/advance.ts",
    find: "if (at < launch.launchBy) {",
    replace: "if (launch.outcome.kind === 'reserved') return;\n  if (at < launch.launchBy) {",
    breaks: "every run ends",
  },
  {
    name: "a machine that never claims is waited for",
    file: "lib/app/advance.ts",
    find: "? giveUpBoot(world, run) : lookAtMachine(world, run)",
    replace: "? undefined : lookAtMachine(world, run)",
    breaks: "every run ends",
  },
  {
    name: "the sweep asks nobody what was missed",
    file: "lib/app/sweep.ts",
    find: "(envelope) => takeListed(world, envelope)",
    replace: "async () => 0",
    breaks: "no ",
  },
  {
    name: "a delivery is called planned before its rows are written",
    file: "lib/app/dispatch.ts",
    find: "await planEnvelope(world, forge, envelope);",
    replace: 'await note(world, envelope, "planned");\n  await planEnvelope(world, forge, envelope);',
    breaks: "no push is lost",
  },
  {
    name: "a run whose launch was never written waits for it",
    file: "lib/app/advance.ts",
    find: "if (!launch) {",
    replace: "if (!launch) return;\n  if (!launch) {",
    breaks: "every run ends",
  },
  {
    name: "a machine's end is told only to the run that it came for",
    file: "lib/app/exit.ts",
    find: "new Set([machine.servesKey, machine.runKey, seated])",
    replace: "new Set([machine.runKey])",
    breaks: "every run ends",
  },
  {
    name: "a machine that nobody needs is ended while it claims",
    file: "lib/app/sweep.ts",
    find: 'return retired === "retired" ? "it never claimed, and no run waits for it" : undefined;',
    replace: 'return "it never claimed, and no run waits for it";',
    breaks: "no machine is ended at work",
    seen: 345,
  },
  {
    name: "registrations that came too late are left at the forge",
    file: "lib/app/registration.ts",
    find: "if (instanceId === undefined || busy || !(await isOver(world, instanceId, name))) continue;",
    replace: "if (instanceId !== undefined) continue;",
    breaks: "no registration is left",
  },
];
