import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";

/**
 * What a port promises, proved on every adapter of it.
 *
 * A contract is a list of promises, each with its proof. Every adapter gets every case, or states why one does not apply.
 * The matrix at the end is what was really run: a cell that nobody filled turns the suite red.
 */
export interface Contract<Bench> {
  readonly port: string;
  readonly cases: readonly Case<Bench>[];
}

export interface Case<Bench> {
  /** One promise of ports.ts, as a sentence. */
  readonly promise: string;
  prove(bench: Bench): Promise<void>;
}

/** An adapter on a clean slate, made anew for every case, with whatever the cases need to steer it. */
export type MakeBench<Bench> = () => Promise<Bench & { close(): Promise<void> }>;

export interface Skip {
  readonly promise: string;
  /** Why this adapter cannot or need not keep the promise. */
  readonly reason: string;
}

type Outcome = "proved" | "FAILED" | `not here: ${string}`;

/** port → promise → adapter → outcome */
const matrix = new Map<string, Map<string, Map<string, Outcome>>>();

export function prove<Bench>(
  contract: Contract<Bench>,
  adapter: string,
  make: MakeBench<Bench>,
  skips: readonly Skip[] = [],
): void {
  const rows = matrix.get(contract.port) ?? new Map<string, Map<string, Outcome>>();
  matrix.set(contract.port, rows);
  refuseUnknownSkips(contract, skips);

  describe(`${contract.port} on ${adapter}`, () => {
    let bench: Bench & { close(): Promise<void> };
    beforeEach(async () => {
      bench = await make();
    });
    afterEach(() => bench.close());

    for (const { promise, prove } of contract.cases) {
      const cells = rows.get(promise) ?? new Map<string, Outcome>();
      rows.set(promise, cells);
      const skip = skips.find((candidate) => candidate.promise === promise);
      if (skip) {
        cells.set(adapter, `not here: ${skip.reason}`);
        continue;
      }
      it(promise, async () => {
        cells.set(adapter, "FAILED");
        await prove(bench);
        cells.set(adapter, "proved");
      });
    }
  });
}

function refuseUnknownSkips(contract: Contract<never>, skips: readonly Skip[]): void {
  for (const { promise } of skips) {
    if (!contract.cases.some((known) => known.promise === promise)) {
      throw new Error(`${contract.port} makes no promise "${promise}": nothing to skip`);
    }
  }
}

/**
 * Prints the matrix and fails for an empty cell. Call it last.
 *
 * @param adapters which adapters each port has; at least two, or nobody compares
 */
export function proveMatrix(adapters: Readonly<Record<string, readonly string[]>>): void {
  describe("the matrix of promises and adapters", () => {
    afterAll(() => {
      process.stdout.write(`${drawMatrix(adapters)}\n`);
    });

    it("has at least two adapters for each port", () => {
      expect(Object.keys(adapters).sort()).toEqual([...matrix.keys()].sort());
      for (const names of Object.values(adapters)) expect(names.length).toBeGreaterThanOrEqual(2);
    });

    it("has no empty cell", () => {
      expect(emptyCells(adapters)).toEqual([]);
    });
  });
}

function emptyCells(adapters: Readonly<Record<string, readonly string[]>>): string[] {
  const empty: string[] = [];
  for (const [port, promises] of matrix) {
    for (const [promise, cells] of promises) {
      for (const adapter of adapters[port] ?? [])
        if (!cells.has(adapter)) empty.push(`${port}: ${promise} (${adapter})`);
    }
  }
  return empty;
}

function drawMatrix(adapters: Readonly<Record<string, readonly string[]>>): string {
  const lines: string[] = [];
  for (const [port, promises] of matrix) {
    const names = adapters[port] ?? [];
    lines.push("", `${port} (${names.join(", ")})`);
    for (const [promise, cells] of promises) {
      lines.push(`  ${names.map((name) => mark(cells.get(name))).join(" ")}  ${promise}`);
      for (const name of names) {
        const outcome = cells.get(name);
        if (outcome?.startsWith("not here")) lines.push(`      ${name}: ${outcome}`);
      }
    }
  }
  return lines.join("\n");
}

function mark(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "?";
  if (outcome === "proved") return "✓";
  return outcome === "FAILED" ? "✗" : "–";
}
