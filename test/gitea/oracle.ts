import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseVersion } from "../../lib/core/dialect.ts";
import type { Forge } from "../../lib/core/forge.ts";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";
import { allCases } from "./cases/all.ts";
import { giteaServer } from "./gitea-server.ts";
import type { OracleCase } from "./oracle-case.ts";
import { ordered, saidByUs } from "./oracle-compare.ts";
import { judge, pause } from "./oracle-judge.ts";
import type { MadeRun, Oracle, OracleRecord } from "./oracle-record.ts";
import { rules } from "./rules.ts";

const file = join(import.meta.dirname, "../cases/gitea-oracle.json");

/** Plays every case on the server named, compares with the engine, and keeps what the server made. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: "string" },
      "token-file": { type: "string" },
      only: { type: "string" },
      rules: { type: "boolean" },
    },
  });
  if (values.rules) return listRules();
  const { url, "token-file": tokenFile, only } = values;
  if (!url || !tokenFile) {
    say("usage: npm run test:gitea -- --url URL --token-file FILE [--only RULE]   (or: --rules)");
    return 2;
  }
  const token = readFileSync(tokenFile, "utf8").trim();
  const server = await giteaServer(url, token);
  const dialect = { forge: "gitea", version: parseVersion(server.version) ?? [0, 0, 0] } as const;
  const forge = giteaForge({
    name: "home",
    url,
    token: async () => token,
    world: { fetch, now: Date.now, sleep: pause, fraction: Math.random },
  });
  const chosen = allCases.filter(({ rule }) => only === undefined || rule === only);
  const records: OracleRecord[] = [];
  let differences = 0;
  for (const one of chosen) {
    const record = await play(server, forge, one).catch((error: Error) => error);
    if (record instanceof Error) {
      say(`FAILED   ${one.rule}: ${one.note}\n  ${record.message}`);
      differences += 1;
      continue;
    }
    records.push(record);
    const ours = ordered(saidByUs(dialect, record.given));
    const theirs = record.made[server.version] ?? [];
    const agreed = JSON.stringify(ours) === JSON.stringify(theirs);
    if (!agreed) differences += 1;
    say(`${agreed ? "agreed  " : "DIFFERED"} ${one.rule}: ${one.note}`);
    if (!agreed) say(difference(theirs, ours));
  }
  keep(server.version, records);
  say(`${records.length} pushes on Gitea ${server.version}, ${differences} differences`);
  return differences === 0 ? 0 : 1;
}

async function play(
  server: Awaited<ReturnType<typeof giteaServer>>,
  forge: Forge,
  one: OracleCase,
): Promise<OracleRecord> {
  const { given, made } = await judge(server, forge, one);
  return { rule: one.rule, note: one.note, given, made: { [server.version]: ordered(made) } };
}

/** Adds this version's answers to those of other versions; what was given must be the same for all. */
function keep(version: string, records: readonly OracleRecord[]): void {
  const old: Oracle = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Oracle)
    : { recorded: {}, cases: [] };
  const key = ({ rule, note }: { rule: string; note: string }): string => `${rule}\0${note}`;
  const fresh = new Map(records.map((record) => [key(record), record]));
  const order = new Map(allCases.map((one, index) => [key(one), index]));
  const kept = new Map(old.cases.map((record) => [key(record), record]));
  for (const [name, record] of fresh) {
    const before = kept.get(name);
    const same = before && JSON.stringify(before.given) === JSON.stringify(record.given);
    kept.set(name, same ? { ...before, made: { ...before.made, ...record.made } } : record);
  }
  const cases = [...kept.entries()].filter(([name]) => order.has(name));
  cases.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const date = new Date().toISOString().slice(0, 10);
  const oracle: Oracle = {
    recorded: { ...old.recorded, [version]: { date } },
    cases: cases.map(([, record]) => record),
  };
  writeFileSync(file, `${JSON.stringify(oracle, null, 1)}\n`);
}

/** Only what the other side lacks. */
function difference(theirs: readonly MadeRun[], ours: readonly MadeRun[]): string {
  const lines = (runs: readonly MadeRun[]): string[] => runs.map((run) => JSON.stringify(run));
  const [server, engine] = [lines(theirs), lines(ours)];
  const lacking = (some: string[], others: string[]): string[] => some.filter((line) => !others.includes(line));
  return [
    ...lacking(server, engine).map((line) => `  server: ${line}`),
    ...lacking(engine, server).map((line) => `  engine: ${line}`),
  ].join("\n");
}

function listRules(): number {
  const shown = new Map<string, number>();
  for (const { rule } of allCases) shown.set(rule, (shown.get(rule) ?? 0) + 1);
  const without = Object.entries(rules).filter(([rule]) => !shown.has(rule));
  for (const [rule, text] of Object.entries(rules))
    say(`${String(shown.get(rule) ?? 0).padStart(3)}  ${rule}: ${text}`);
  say(
    `${allCases.length} pushes show ${shown.size} of ${Object.keys(rules).length} rules; without a push: ${without.length}`,
  );
  return without.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
