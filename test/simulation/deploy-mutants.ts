import type { Mutant } from "./mutants.ts";

const steps = "lib/core/deploy/decide-step.ts";
const bundles = "lib/app/deploy/deploy-bundle.ts";
const advance = "lib/app/deploy/deploy-advance.ts";

/** Bugs that somebody might well write into the life of a deploy. */
export const deployMutants: readonly Mutant[] = [
  {
    name: "a send of which nobody knows is called lost",
    file: steps,
    find: '? { ...deploy, dueAt: at + PAUSE.unanswered, nextAction: "look for the command" }',
    replace: '? finishStep(deploy, step, at, { kind: "never-ran", text: "no answer" })',
    breaks: "what never ran never runs",
  },
  {
    name: "a copy that meets its own lock ends the deploy",
    file: steps,
    find: 'if (report.outcome === "in_progress") return ask(deploy, step, at, report.text);\n  if (report.exit === 3) return locked(deploy, step, at, report);',
    replace: "",
    breaks: "a verdict is the target's",
  },
  {
    name: "what the target has not heard of yet never comes",
    file: steps,
    find: "if (report.at * 1000 >= step.notAfter + SKEW_MS)",
    replace: "if (at > 0)",
    breaks: "what never ran never runs",
  },
  {
    name: "a run that lost its power is taken for one that never began",
    file: steps,
    find: "if (operation?.id === deploy.id) {",
    replace: "if (deploy.id === '') {",
    breaks: "what never ran never runs",
    seen: 12,
  },
  {
    name: "a copy that was not delivered speaks for all of them",
    file: steps,
    find: 'return step.sends > 1 ? ask(deploy, step, at, text) : finishStep(deploy, step, at, { kind: "never-ran", text });',
    replace: 'return finishStep(deploy, step, at, { kind: "never-ran", text });',
    breaks: "what never ran never runs",
  },
  {
    name: "the fence stays where it is",
    file: "lib/app/deploy/deploy.ts",
    find: "const fence = environment.fence + 1;",
    replace: "const fence = Math.max(1, environment.fence);",
    breaks: "a fence is given once",
  },
  {
    name: "a wish begins though a newer one is desired",
    file: advance,
    find: "if (!environment || desired?.deployId !== id) {",
    replace: "if (!environment) {",
    breaks: "what has begun is not superseded",
  },
  {
    name: "nobody waits for the operation before",
    file: advance,
    find: "if (other && !isOver(other)) {",
    replace: "if (other && id === '') {",
    breaks: "one operation at a time",
  },
  {
    name: "an old answer overwrites what was observed since",
    file: "lib/core/deploy/observe.ts",
    find: "(known && isNewer(known, observed))",
    replace: "(known && isNewer(known, known))",
    breaks: "observed never goes back",
  },
  {
    name: "an ancestor is looked for once, whoever was faster",
    file: "lib/app/deploy/deploy.ts",
    find: "const older = release && (await olderThanDesired(place, known, release));\n    if (older?.kind",
    replace:
      "const older = release && race === 0 && (await olderThanDesired(place, known, release));\n    if (older?.kind",
    breaks: "an ancestor never replaces desired",
  },
  {
    name: "an ancestor is found and stored all the same",
    file: "lib/app/deploy/deploy.ts",
    find: 'if (older) return store(world, endDeploy(deploy, at, "superseded",',
    replace: 'if (older && race < 0) return store(world, endDeploy(deploy, at, "superseded",',
    breaks: "an ancestor never replaces desired",
  },
  {
    name: "the sweep looks at no deploy that is due",
    file: "lib/app/deploy/deploy-sweep.ts",
    find: "await world.deploys.due(world.clock.now(), AT_MOST)",
    replace: "[]",
    breaks: "every deploy ends",
  },
  {
    name: "an environment is not freed",
    file: advance,
    find: "if (stored.operation !== id) return undefined;",
    replace: "if (stored.operation === id) return undefined;",
    breaks: "no environment stays taken",
  },
  {
    name: "the end is told before it is observed",
    file: advance,
    find: 'case "reported":\n      await writeObserved(world, deploy, target, result.report);',
    replace: 'case "reported":',
    breaks: "what ended is observed",
  },
  {
    name: "an old look at the target proves that nothing will run",
    file: "lib/core/deploy/decide-step.ts",
    find: "if (report.at * 1000 >= step.notAfter + SKEW_MS)",
    replace: "if (at >= step.notAfter + SKEW_MS)",
    breaks: "what never ran never runs",
    seen: 42,
  },
  {
    name: "files are deployed whether they have arrived or not",
    file: bundles,
    find: "if (await world.bundles.has(bundle)) return undefined;\n  return refuse(422",
    replace: "if (bundle) return undefined;\n  return refuse(422",
    breaks: "nothing is desired without its files",
  },
  {
    name: "who was offered an address once is told that it is stored",
    file: bundles,
    find: "if (await world.bundles.has({ app, digest })) return",
    replace: "if ((await world.bundles.has({ app, digest })) || bytes % 2 === 0) return",
    breaks: "stored is said of what lies there",
  },
  {
    name: "an address ends before its command may begin",
    file: bundles,
    find: "command.notAfter + READ_MS",
    replace: "world.clock.now() + READ_MS",
    breaks: "a bundle that lies there reaches its target",
  },
  {
    name: "a store that gives no answer has no bundle",
    file: bundles,
    find: 'return { kind: "unreachable", text: `the bundle cannot be looked for: ${error.message}` };',
    replace: "",
    breaks: "a bundle that lies there reaches its target",
  },
  {
    name: "the address is made and not handed over",
    file: bundles,
    find: "{ ...command, bundle: address }",
    replace: "{ ...command }",
    breaks: "a bundle that lies there reaches its target",
  },
];
