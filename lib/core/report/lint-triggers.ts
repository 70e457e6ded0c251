import type { Dialect } from "../dialect.ts";
import type { Finding } from "../finding.ts";
import { findIncluded } from "../trigger/filter.ts";
import { hasGiteaEvent, unfilteredGiteaEvents } from "../webhook/gitea-events.ts";
import type { Filter, Trigger } from "../workflow/on.ts";
import type { Workflow } from "../workflow/workflow.ts";

/** Steps (see Work) that comparing one pattern with a repository's paths may take. */
const maxSteps = 20_000_000;

/** Filters by which Gitea can choose; any other makes its event never start. */
const giteaFilters = /^(branches|tags|paths)(-ignore)?$|^(types|workflows|cron)$/;

/** Triggers that never fire, or fire otherwise than they read. */
export function lintTriggers(
  dialect: Dialect,
  workflow: Workflow,
  paths: readonly string[] | undefined,
): readonly Finding[] {
  return workflow.triggers.flatMap((trigger) => {
    const trap = (code: string, at: Trigger["at"], text: string): Finding => {
      return { kind: "trap", code, file: workflow.path, at, text };
    };
    return [
      ...(dialect.forge === "gitea" ? giteaTraps(dialect, trigger, trap) : []),
      ...trigger.filters.flatMap((filter) => [...filterTraps(filter, trap), ...unusedPatterns(filter, paths, trap)]),
    ];
  });
}

type Trap = (code: string, at: Trigger["at"], text: string) => Finding;

function giteaTraps(dialect: Dialect, { event, at, isSchedule, filters }: Trigger, trap: Trap): readonly Finding[] {
  if (event === "workflow_call") return [];
  if (!hasGiteaEvent(dialect, event))
    return [trap("never-fires", at, `Gitea has no event ${event}: it never starts this`)];
  if (isSchedule && event !== "schedule") {
    const text = `Gitea takes the list below ${event} for a schedule: ${event} never starts it. Write \`branches:\` above the list`;
    return [trap("never-fires", at, text)];
  }
  if (unfilteredGiteaEvents.includes(event) || event === "schedule") return [];
  return filters
    .filter(({ key }) => !giteaFilters.test(key))
    .map((filter) =>
      trap("never-fires", filter.at, `Gitea knows no filter "${filter.key}", so ${event} never starts it`),
    );
}

function filterTraps({ key, at, values, list }: Filter, trap: Trap): readonly Finding[] {
  const negative = values.filter(({ text }) => text.startsWith("!"));
  if (key.endsWith("-ignore")) {
    return negative.map((pattern) =>
      trap(
        "negation-in-ignore",
        pattern.at,
        `"!" in ${key} lets nothing back in; use ${key.replace("-ignore", "")} instead`,
      ),
    );
  }
  const isInclude = list !== undefined && values.length > 0;
  if (isInclude && negative.length === values.length) {
    return [trap("never-fires", at, `${key} only takes out: without a pattern that lets something in it never holds`)];
  }
  return [];
}

/** Patterns that match no file of the repository: often a folder that has moved. */
function unusedPatterns({ key, list }: Filter, paths: readonly string[] | undefined, trap: Trap): readonly Finding[] {
  if (!paths || !list || !key.startsWith("paths")) return [];
  return list.patterns.flatMap((pattern) => {
    const work = { steps: maxSteps };
    const found = findIncluded([{ ...pattern, negative: false }], paths, work);
    if (found.kind !== "none") return [];
    return [trap("matches-no-file", pattern.at, `no file of the repository matches ${key} "${pattern.text}"`)];
  });
}
