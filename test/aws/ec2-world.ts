import { EC2Client } from "@aws-sdk/client-ec2";
import { ec2Machines } from "../../lib/aws/machines.ts";
import type { Machines } from "../../lib/core/ports.ts";
import type { Launch, LaunchPlan } from "../../lib/core/run/launch.ts";
import { type Ec2Account, type Ec2Switches, ec2Account } from "../fakes/ec2/account.ts";
import { type Ec2Server, ec2Server } from "../fakes/ec2/ec2-server.ts";
import { type VirtualClock, virtualClock } from "../world/virtual-clock.ts";

export interface Ec2World {
  readonly clock: VirtualClock;
  readonly account: Ec2Account;
  readonly server: Ec2Server;
  readonly machines: Machines;
  close(): Promise<void>;
}

/** The adapter with the real SDK, over HTTP against the fake of EC2, in virtual time. */
export async function ec2World(changes: Partial<Ec2Switches> = {}): Promise<Ec2World> {
  const clock = virtualClock();
  const account = ec2Account(clock, changes);
  const server = await ec2Server(account);
  const ec2 = fakeEc2Client(server.url);
  const machines = ec2Machines({
    launcher: ec2,
    ec2,
    clock,
    stack: "test",
    plan: async () => ec2Plan(),
    pause: async (milliseconds) => clock.advance(milliseconds / 1000),
  });
  return {
    clock,
    account,
    server,
    machines,
    close: async () => {
      ec2.destroy();
      await server.close();
    },
  };
}

export function fakeEc2Client(endpoint: string): EC2Client {
  const credentials = { accessKeyId: "AKIAFAKE", secretAccessKey: "fake" };
  return new EC2Client({ region: "eu-test-1", endpoint, credentials, maxAttempts: 1 });
}

export function ec2Plan(changes: Partial<Extract<LaunchPlan, { kind: "ec2" }>> = {}): LaunchPlan {
  return {
    kind: "ec2",
    imageId: "ami-0123456789abcdef0",
    templateId: "lt-0123456789abcdef0",
    templateVersion: "3",
    types: ["c7g.large", "m7g.large"],
    subnets: ["subnet-a", "subnet-b"],
    market: "spot",
    ...changes,
  };
}

export function ec2Launch(world: Pick<Ec2World, "clock">, changes: Partial<Launch> = {}): Launch {
  const now = world.clock.now();
  const count = changes.count ?? 1;
  return {
    id: "launch-1",
    token: "token-1",
    profile: "small",
    scope: "acme",
    forge: "home",
    count,
    runKeys: Array.from({ length: count }, (_, n) => `run-${n}`),
    plan: ec2Plan(),
    createdAt: now,
    launchBy: now + 300_000,
    deadline: now + 2_100_000,
    outcome: { kind: "reserved" },
    version: 1,
    ...changes,
  };
}
