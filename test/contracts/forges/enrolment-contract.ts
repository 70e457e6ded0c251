import { expect } from "@jest/globals";
import type { RepoRef } from "../../../lib/core/event.ts";
import type { Enrolment, EnrolRequest, Registration } from "../../../lib/core/forge.ts";
import { scopeOf } from "../../../lib/core/scope.ts";
import { type Contract, type MakeBench, prove, type Skip } from "../contract.ts";

export interface EnrolmentBench {
  readonly enrolment: Enrolment;
  readonly repo: RepoRef;
  /** A request for a runner of this name; the rest of it is the bench's. */
  request(name: string): EnrolRequest;
}

export function enrolmentContract(adapter: string, make: MakeBench<EnrolmentBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

function idOf(registration: Registration): string {
  return registration.kind === "builtin" ? "" : registration.runnerId;
}

async function names({ enrolment, repo }: EnrolmentBench): Promise<readonly string[]> {
  return (await enrolment.runners(scopeOf("home", repo))).map(({ name }) => name);
}

const contract: Contract<EnrolmentBench> = {
  port: "Enrolment",
  cases: [
    {
      promise: "5-06 enrol registers one runner, which is listed, offline and idle until it comes",
      async prove(bench) {
        const registration = await bench.enrolment.enrol(bench.request("dayfly-a"));
        const runners = await bench.enrolment.runners(scopeOf("home", bench.repo));
        expect(runners).toEqual([{ id: idOf(registration), name: "dayfly-a", online: false, busy: false }]);
        await bench.enrolment.remove(scopeOf("home", bench.repo), idOf(registration));
      },
    },
    {
      promise: "5-06 enrol gives each runner an identity of its own",
      async prove(bench) {
        const [one, two] = [
          await bench.enrolment.enrol(bench.request("dayfly-b")),
          await bench.enrolment.enrol(bench.request("dayfly-c")),
        ];
        expect(idOf(one)).not.toBe(idOf(two));
        expect(await names(bench)).toEqual(["dayfly-b", "dayfly-c"]);
        for (const each of [one, two]) await bench.enrolment.remove(scopeOf("home", bench.repo), idOf(each));
      },
    },
    {
      promise: "1-11 remove takes the runner off the list, and is a success for one that is gone",
      async prove(bench) {
        const registration = await bench.enrolment.enrol(bench.request("dayfly-d"));
        await bench.enrolment.remove(scopeOf("home", bench.repo), idOf(registration));
        expect(await names(bench)).toEqual([]);
        await bench.enrolment.remove(scopeOf("home", bench.repo), idOf(registration));
      },
    },
  ],
};
