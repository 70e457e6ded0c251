import { comparePlan } from "../core/plan/compare-plan.ts";
import type { RecordedDecision, World } from "../core/ports.ts";

/** Time for all job events of a push to come, or to be found by the sweep. */
const SETTLED_MS = 10 * 60_000;
/** The newest decisions that are looked at in one pass. */
const LOOKED_AT = 50;
/** Rows of one repository among which those of a commit are looked for. */
const ROWS = 500;

/** All decisions on one commit, none of which has been compared. */
export type OneCommit = readonly [RecordedDecision, ...RecordedDecision[]];

/** Commits whose forge has had time to say what it made of them, and of which we have said what it should make. */
export async function uncompared(world: World): Promise<readonly OneCommit[]> {
  const commits = new Map<string, [RecordedDecision, ...RecordedDecision[]]>();
  for (const decision of await world.journal.decisions(LOOKED_AT)) {
    const key = [decision.forge, decision.repo.id, decision.sha].join("\n");
    const found = commits.get(key);
    if (found) found.push(decision);
    else commits.set(key, [decision]);
  }
  const now = world.clock.now();
  const settled = ({ at, compared }: RecordedDecision) => compared === undefined && now - at >= SETTLED_MS;
  return [...commits.values()].filter((decisions) => decisions.every(settled));
}

/** Says of one commit whether the forge made what we had planned: a line on the page, and two metrics. */
export async function compare(world: World, decisions: OneCommit): Promise<number> {
  const [{ forge, repo, sha }] = decisions;
  const kind = world.config.forges.find(({ name }) => name === forge)?.kind;
  const repository = await world.journal.repository(forge, repo.id);
  // Where there are no job events the plan is the truth, and has nothing beside it.
  if (!repository?.sendsJobEvents || (kind !== "gitea" && kind !== "github")) return 0;
  const rows = await world.runs.list({ repo: repository.name, limit: ROWS });
  const told = rows.filter(
    (run) => run.forge === forge && run.sha === sha && run.forgeJobId && (run.forgeTry ?? 1) === 1,
  );
  const compared = comparePlan(
    decisions,
    told.map(({ jobName: name, labels }) => ({ name, labels })),
    kind,
  );
  for (const decision of decisions) await world.journal.recordComparison(decision, compared);
  world.log.info("plan compared", { forge, repo: repo.name, sha, outcome: compared.kind, text: compared.text });
  return 1;
}
