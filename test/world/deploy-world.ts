import type { Commands, DeployWorld, TargetCommand } from "../../lib/core/deploy/deploy-ports.ts";
import type { EnvironmentRule } from "../../lib/core/deploy/policy.ts";
import { type MemoryBundles, memoryBundles } from "./memory-bundles.ts";
import { type MemoryTarget, memoryTarget } from "./memory-target.ts";
import { type MemoryWorld, type MemoryWorldOptions, memoryWorld } from "./world.ts";

/** A world in memory with two targets, and every wake-up written down. */
export interface MemoryDeployWorld extends MemoryWorld, Omit<DeployWorld, keyof MemoryWorld> {
  readonly targets: Readonly<Record<"web1" | "web2", MemoryTarget>>;
  readonly bundles: MemoryBundles;
  readonly woken: { readonly id: string; readonly afterSeconds: number }[];
}

const from = { repo: "acme/shop", refs: ["main"], events: ["push"] };

export const testRules: readonly EnvironmentRule[] = [
  { name: "dev", app: "shop", targets: ["web1"], from, approval: false },
  { name: "staging", app: "shop", targets: ["web1", "web2"], from, approval: false },
  { name: "prod", app: "shop", targets: ["web1"], from, approval: true },
  { name: "prod", app: "files", targets: ["web1"], from, approval: false },
  { name: "pr-*", app: "shop", targets: ["web1"], from: { ...from, events: ["pull_request"] }, approval: false },
];

export function memoryDeployWorld(options: MemoryWorldOptions = {}): MemoryDeployWorld {
  const world = memoryWorld(options);
  const bundles = memoryBundles(world.clock);
  const bundled = new Set(["files"]);
  const reader = { bundled, read: bundles.read };
  const targets = { web1: memoryTarget(world.clock, reader), web2: memoryTarget(world.clock, reader) };
  const byName: Readonly<Record<string, Commands>> = targets;
  const woken: { id: string; afterSeconds: number }[] = [];
  return {
    ...world,
    targets,
    woken,
    bundles,
    bundled,
    rules: testRules,
    commands: (name) => byName[name],
    wakes: {
      async wake(id, afterSeconds) {
        woken.push({ id, afterSeconds });
      },
    },
  };
}

/** What is sent to web1 from now on, in order. */
export function sentToWeb1({ targets: { web1 } }: MemoryDeployWorld): TargetCommand[] {
  const sent: TargetCommand[] = [];
  const { send } = web1;
  web1.send = async (command) => {
    sent.push(command);
    return send(command);
  };
  return sent;
}
