import type { ApiAnswer } from "../app/deploy/deploy-answer.ts";
import type { DeployStore } from "../core/deploy/deploy-ports.ts";
import type { World } from "../core/ports.ts";
import type { LogPart } from "../dashboard/run-page.ts";

/** A stack on AWS, by its own name or by its table's. */
export interface StackPlace {
  readonly stack?: string;
  readonly table?: string;
  /** The one of the person's AWS settings where it says nothing. */
  readonly region?: string;
}

/** What commands that only look need of a world. */
export interface ReadWorld {
  readonly world: Pick<World, "runs" | "journal" | "clock">;
  /** Absent in a local world, whose own page shows them. */
  readonly deployed?: Pick<DeployStore, "deploys" | "environments">;
  readonly log: (runKey: string, from: number) => Promise<LogPart | undefined>;
  readonly close: () => Promise<void>;
}

/** With the caller's own AWS credentials. @throws CommandError that says which of them, table or region is wrong */
export type OpenStack = (place: StackPlace) => Promise<ReadWorld>;

/** The deploy API of a stack, asked with the caller's own AWS rights. */
export interface StackDeploys {
  /** @throws CommandError that says which of credentials, stack or right is missing */
  ask(method: "GET" | "POST", path: string, body?: object): Promise<ApiAnswer>;
}

/** @param administrator what the audit calls the caller */
export type OpenStackDeploys = (place: StackPlace, administrator: string) => Promise<StackDeploys>;
