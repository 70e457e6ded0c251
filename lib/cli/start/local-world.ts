import type { DeployWorld, TakingBundles } from "../../core/deploy/deploy-ports.ts";
import type { World } from "../../core/ports.ts";
import type { LogPart } from "../../dashboard/run-page.ts";

/** The local world as commands see it. Several processes may have it open at a time. */
export interface LocalWorld {
  readonly world: World;
  /** The run's log from that byte on, bounded; negative: its last so many bytes. Undefined: there is none. */
  readonly log: (runKey: string, from: number) => Promise<LogPart | undefined>;
  /** The same world with its deploys. Throws UserError where the dayfly.yaml of the folder is wrong. */
  readonly deploys: () => LocalDeployWorld;
  readonly close: () => Promise<void>;
}

/** The local world with its deploys, which takes bundles itself. */
export interface LocalDeployWorld extends DeployWorld {
  readonly bundles: TakingBundles;
}

/** `read` changes nothing, whoever writes meanwhile. */
export type OpenLocalWorld = (folder: string, mode: "read" | "write") => Promise<LocalWorld>;
