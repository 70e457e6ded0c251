import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { CommandResult, Commands, DeployCommand, InspectCommand } from "../../lib/core/deploy/deploy-ports.ts";
import type { TargetReport } from "../../lib/core/deploy/target-report.ts";
import type { Instant } from "../../lib/core/event.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";

/** One target with the app `shop` in `prod`; a release whose commit begins with `dead` is never well there. */
export interface CommandsBench {
  readonly commands: Commands;
  /** The same way for one who starts anew: it remembers nothing of what the first one sent. */
  readonly another: Commands;
  /** The way to a target that is not there at all. */
  readonly nowhere: Commands;
  now(): Instant;
  /** From now on a deploy stays at work, in the middle of making its release live. */
  hold(): void;
  letGo(): void;
  /** Everything that was sent has arrived, if the target is there, and whatever is held is at work. */
  arrived(): Promise<void>;
  /** What is at work on the target dies without a last word, and nothing of it goes on. */
  kill(): Promise<void>;
  /** The output of the next command is cut short on its way back. */
  cutNextOutput(): void;
  /** The next command arrives, but its sender does not hear so. */
  loseNextAnswer(): void;
  setOnline(online: boolean): void;
  pass(seconds: number): void;
  /** The commit that is live, by looking at the app itself. */
  live(): string | undefined;
  /** How often the target made a release live for this deploy id. */
  applied(deployId: string): number;
}

export function commandsContract(adapter: string, make: MakeBench<CommandsBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

export const undelivered = "a command that the target never gets ends by itself, and not as one that ran";
export const backInTime = "a target that went away and comes back in time gets the command then, once";
export const backTooLate = "a target that comes back after the command's time begins nothing";
export const lostAnswer = "a send of which nobody knows whether it arrived is found again by its deploy id";

const commit = (n: number) => `${n}`.repeat(40);
const bad = `dead${"0".repeat(36)}`;
const idOf = (n: number) => `${n}`.repeat(32);

function deployOf(bench: CommandsBench, n: number, change: Partial<DeployCommand> = {}): DeployCommand {
  const release = { tag: `v${n}.0.0`, commit: commit(n) };
  const place = { kind: "deploy", op: "deploy", app: "shop", env: "prod" } as const;
  return { ...place, release, force: false, deployId: idOf(n), fence: n, notAfter: bench.now() + 600_000, ...change };
}

function inspectionOf(verb: InspectCommand["verb"], n?: number): InspectCommand {
  return { kind: "inspect", verb, app: "shop", env: "prod", ...(n !== undefined && { deployId: idOf(n) }) };
}

async function sent(commands: Commands, command: Parameters<Commands["send"]>[0]): Promise<string> {
  const answer = await commands.send(command);
  expect(answer).toEqual({ kind: "sent", commandId: expect.any(String) });
  return answer.kind === "sent" ? answer.commandId : "";
}

/** What comes after `pending`. Real targets are other processes: their end can only be asked for. */
async function ending(bench: CommandsBench, commandId: string): Promise<CommandResult> {
  for (let tries = 0; tries < 6000; tries++) {
    await bench.arrived();
    const result = await bench.another.result(commandId);
    if (result.kind !== "pending") return result;
    await delay(50);
  }
  throw new Error(`${commandId} is pending for ever`);
}

async function reportOf(bench: CommandsBench, commandId: string): Promise<TargetReport> {
  const result = await ending(bench, commandId);
  if (result.kind !== "reported") throw new Error(`expected a report, got ${JSON.stringify(result)}`);
  return result.report;
}

/** Sends it and waits for its line. */
async function done(bench: CommandsBench, command: Parameters<Commands["send"]>[0]): Promise<TargetReport> {
  return reportOf(bench, await sent(bench.commands, command));
}

async function atWork(bench: CommandsBench, command: DeployCommand): Promise<string> {
  bench.hold();
  const commandId = await sent(bench.commands, command);
  await bench.arrived();
  return commandId;
}

const contract: Contract<CommandsBench> = {
  port: "commands",
  cases: [
    {
      promise: "a command is pending while the target is at it, then it is reported with what runs now",
      async prove(bench) {
        const commandId = await atWork(bench, deployOf(bench, 1));
        expect(await bench.commands.result(commandId)).toEqual({ kind: "pending" });
        bench.letGo();
        expect(await reportOf(bench, commandId)).toMatchObject({
          ...{ outcome: "deployed", exit: 0, op: "deploy", app: "shop", env: "prod", deployId: idOf(1), fence: 1 },
          ...{ condition: "verified", running: { tag: "v1.0.0", commit: commit(1) } },
        });
        expect(bench.live()).toBe(commit(1));
      },
    },
    {
      promise: "a reported result is the same whenever, and by whomever, it is asked for",
      async prove(bench) {
        const commandId = await sent(bench.commands, deployOf(bench, 1));
        const first = await ending(bench, commandId);
        await done(bench, deployOf(bench, 2));
        expect(await bench.commands.result(commandId)).toEqual(first);
        expect(await bench.another.result(commandId)).toEqual(first);
      },
    },
    {
      promise: "2-14 a release that is not well is reported as rolled back, with what runs instead",
      async prove(bench) {
        await done(bench, deployOf(bench, 1));
        const report = await done(bench, deployOf(bench, 2, { release: { tag: "v2.0.0", commit: bad } }));
        expect(report).toMatchObject({ outcome: "rolled_back", exit: 1, running: { commit: commit(1) } });
        expect(bench.live()).toBe(commit(1));
      },
    },
    {
      promise: "a rollback without a release goes to the one before",
      async prove(bench) {
        await done(bench, deployOf(bench, 1));
        await done(bench, deployOf(bench, 2));
        const { release: _none, ...rest } = deployOf(bench, 3, { op: "rollback" });
        expect(await done(bench, rest)).toMatchObject({ op: "rollback", exit: 0, running: { commit: commit(1) } });
        expect(bench.live()).toBe(commit(1));
      },
    },
    {
      promise: "the same deploy id twice is applied once, and both commands say how it ended",
      async prove(bench) {
        const first = await done(bench, deployOf(bench, 1));
        const second = await done(bench, deployOf(bench, 1));
        for (const one of [first, second]) expect(one).toMatchObject({ outcome: "deployed", exit: 0, fence: 1 });
        expect(bench.applied(idOf(1))).toBe(1);
      },
    },
    {
      promise: "the same deploy id while it is at work is in progress, never a failure",
      async prove(bench) {
        const first = await atWork(bench, deployOf(bench, 1));
        expect(await done(bench, deployOf(bench, 1))).toMatchObject({ outcome: "in_progress", exit: 3 });
        bench.letGo();
        expect(await reportOf(bench, first)).toMatchObject({ outcome: "deployed", exit: 0 });
        expect(bench.applied(idOf(1))).toBe(1);
      },
    },
    {
      promise: "2-08 of two senders at once one deploys, and the other one is refused with nothing changed",
      async prove(bench) {
        const first = await atWork(bench, deployOf(bench, 1));
        const other = await sent(bench.another, deployOf(bench, 2));
        expect(await reportOf(bench, other)).toMatchObject({ outcome: "refused", exit: 3, reason: "locked" });
        bench.letGo();
        expect(await reportOf(bench, first)).toMatchObject({ exit: 0 });
        expect([bench.live(), bench.applied(idOf(2))]).toEqual([commit(1), 0]);
      },
    },
    {
      promise: "of two senders the older one, by its fence, changes nothing after the newer one",
      async prove(bench) {
        await done(bench, deployOf(bench, 2));
        const older = await sent(bench.another, deployOf(bench, 1));
        expect(await reportOf(bench, older)).toMatchObject({ outcome: "refused", exit: 8, reason: "fence", fence: 2 });
        expect([bench.live(), bench.applied(idOf(1))]).toEqual([commit(2), 0]);
      },
    },
    {
      promise: "a command whose time is over when it arrives begins nothing",
      async prove(bench) {
        const report = await done(bench, deployOf(bench, 1, { notAfter: bench.now() - 2_000 }));
        expect(report).toMatchObject({ outcome: "refused", exit: 8, reason: "expired", condition: "none" });
        expect([bench.live(), bench.applied(idOf(1))]).toEqual([undefined, 0]);
      },
    },
    {
      promise: undelivered,
      async prove(bench) {
        bench.setOnline(false);
        const commandId = await sent(bench.commands, deployOf(bench, 1));
        expect(await bench.commands.result(commandId)).toEqual({ kind: "pending" });
        bench.pass(100);
        expect(["undelivered", "unheard"]).toContain((await ending(bench, commandId)).kind);
        expect(bench.applied(idOf(1))).toBe(0);
      },
    },
    {
      promise: backInTime,
      async prove(bench) {
        bench.setOnline(false);
        const commandId = await sent(bench.commands, deployOf(bench, 1));
        bench.pass(60);
        bench.setOnline(true);
        expect(await reportOf(bench, commandId)).toMatchObject({ outcome: "deployed", exit: 0 });
        expect([bench.live(), bench.applied(idOf(1))]).toEqual([commit(1), 1]);
      },
    },
    {
      promise: backTooLate,
      async prove(bench) {
        bench.setOnline(false);
        // The host's clock is its own, and does not pass with ours.
        const commandId = await sent(bench.commands, deployOf(bench, 1, { notAfter: bench.now() - 2_000 }));
        bench.pass(3_600);
        bench.setOnline(true);
        const result = await ending(bench, commandId);
        if (result.kind === "reported") expect(result.report).toMatchObject({ exit: 8, reason: "expired" });
        expect([bench.live(), bench.applied(idOf(1))]).toEqual([undefined, 0]);
      },
    },
    {
      promise: "2-28 to a target that is not there nothing is sent, and the answer says so",
      async prove(bench) {
        const answer = await bench.nowhere.send(deployOf(bench, 1));
        expect(["unreachable", "impossible"]).toContain(answer.kind);
        expect(answer).toMatchObject({ text: expect.stringMatching(/./) });
        expect(await bench.nowhere.find(idOf(1))).toEqual([]);
      },
    },
    {
      promise: "a command that is killed half-way is unheard, and the same deploy id again tells that it was undone",
      async prove(bench) {
        await done(bench, deployOf(bench, 1));
        const killed = await atWork(bench, deployOf(bench, 2));
        await bench.kill();
        expect((await ending(bench, killed)).kind).toBe("unheard");
        const again = await done(bench, deployOf(bench, 2));
        expect(again).toMatchObject({ outcome: "rolled_back", exit: 1, reason: "interrupted", condition: "verified" });
        expect([bench.live(), bench.applied(idOf(2))]).toEqual([commit(1), 1]);
      },
    },
    {
      promise: "a line that is cut short is unheard, never half read; the target still knows the end",
      async prove(bench) {
        bench.cutNextOutput();
        const commandId = await sent(bench.commands, deployOf(bench, 1));
        expect((await ending(bench, commandId)).kind).toBe("unheard");
        expect(await done(bench, inspectionOf("status", 1))).toMatchObject({ deploy: { id: idOf(1), exit: 0 } });
      },
    },
    {
      promise: "a command that nobody sent is never said to have run",
      async prove(bench) {
        for (const unknown of ["00000000-0000-4000-8000-000000000099", "00000000000001-0123456789abcdef", "../../etc"])
          expect(["pending", "undelivered"]).toContain((await bench.commands.result(unknown)).kind);
      },
    },
    {
      promise: "a deploy's commands are found by whoever starts anew: newest first, no other deploy's, no inspection",
      async prove(bench) {
        const ids: string[] = [];
        for (const n of [1, 2, 1]) {
          ids.push(await sent(bench.commands, deployOf(bench, n)));
          await ending(bench, ids.at(-1) ?? "");
          bench.pass(1);
        }
        await done(bench, inspectionOf("status", 1));
        expect(await bench.another.find(idOf(1))).toEqual([ids[2], ids[0]]);
        expect(await bench.another.find(idOf(9))).toEqual([]);
      },
    },
    {
      promise: lostAnswer,
      async prove(bench) {
        bench.loseNextAnswer();
        expect(await bench.commands.send(deployOf(bench, 1))).toMatchObject({ kind: "unknown" });
        const [found = "", ...more] = await bench.another.find(idOf(1));
        expect(more).toEqual([]);
        expect(await reportOf(bench, found)).toMatchObject({ exit: 0, deployId: idOf(1) });
        expect(bench.applied(idOf(1))).toBe(1);
      },
    },
    {
      promise: "an inspection says what is recorded, what is seen and how the asked deploy ended, and changes nothing",
      async prove(bench) {
        expect(await done(bench, inspectionOf("status"))).toMatchObject({ exit: 0, condition: "none" });
        await done(bench, deployOf(bench, 1));
        const twice = [await done(bench, inspectionOf("status", 1)), await done(bench, inspectionOf("status", 1))];
        for (const report of twice) {
          expect(report).toMatchObject({
            ...{ op: "status", outcome: "status", exit: 0, condition: "verified", fence: 1 },
            seen: { condition: "verified", running: { commit: commit(1) } },
            deploy: { id: idOf(1), op: "deploy", outcome: "deployed", exit: 0 },
          });
        }
        expect((await done(bench, inspectionOf("status", 7))).deploy).toBeUndefined();
        expect([bench.live(), bench.applied(idOf(1))]).toEqual([commit(1), 1]);
      },
    },
    {
      promise: "an inspection is answered while a deploy is at work, and names it",
      async prove(bench) {
        const first = await atWork(bench, deployOf(bench, 1));
        const report = await done(bench, inspectionOf("status", 1));
        expect(report).toMatchObject({ exit: 0, operation: { id: idOf(1), interrupted: false } });
        expect(report.deploy).toBeUndefined();
        bench.letGo();
        await ending(bench, first);
      },
    },
    {
      promise: "an inspection after a kill says that the deploy was interrupted",
      async prove(bench) {
        await atWork(bench, deployOf(bench, 1));
        await bench.kill();
        const report = await done(bench, inspectionOf("status", 1));
        expect(report).toMatchObject({ operation: { id: idOf(1), interrupted: true } });
      },
    },
    {
      promise: "3-19 the end of a deploy's log can be asked for",
      async prove(bench) {
        await done(bench, deployOf(bench, 1));
        const { exit, log } = await done(bench, inspectionOf("logs", 1));
        expect([exit, log.tail]).toEqual([0, expect.stringMatching(/./)]);
      },
    },
  ],
};
