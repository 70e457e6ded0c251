import { CfnOutput, RemovalPolicy, Stack, type StackProps, Tags } from "aws-cdk-lib";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { ConfigFile } from "../core/config/config-file.ts";
import { egressOf } from "../core/config/egress.ts";
import type { ControlPlane } from "./control-function.ts";
import { Deploys } from "./deploys.ts";
import { Dispatch } from "./dispatch.ts";
import { HttpDoor } from "./http-door.ts";
import { ImagePipeline } from "./images.ts";
import { MachineProfile } from "./machine-profile.ts";
import { Messages } from "./messages.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import { Notices } from "./notices.ts";
import { RunnerApi } from "./runner-api.ts";
import { RunnerRole } from "./runner-role.ts";
import { RunsTable } from "./runs-table.ts";
import { Sweep } from "./sweep.ts";
import { Webhook } from "./webhook.ts";

export interface DayflyStackProps extends StackProps {
  /** What `dayfly doctor` compares with what stands on an administrator's computer; outputs by their names. */
  readonly versions?: Readonly<Partial<Record<"Version" | "ConfigVersion", string>>>;
}

/** A whole installation: one construct for each capability, and nothing else. */
export class DayflyStack extends Stack {
  constructor(scope: Construct, config: ConfigFile, { versions = {}, ...props }: DayflyStackProps = {}) {
    super(scope, config.stack.name, props);
    const logGroup = new LogGroup(this, "Log", {
      retention: config.stack.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const door = new HttpDoor(this, "Door");
    const network = new Network(this, "Network", config.stack);
    const roles = this.runnerRoles(config, door);
    const plane: ControlPlane = {
      config,
      table: new RunsTable(this, "Runs", { remove: config.stack.removeTable }),
      messages: new Messages(this, "Messages", { handlerTimeout: Dispatch.timeout }),
      network,
      machines: this.machines(config, network, door, roles),
      logGroup,
    };
    const runnerRoles = [...roles.values()].map(({ role }) => role);

    const webhook = new Webhook(this, "Webhook", { config, queue: plane.messages.queue, logGroup });
    const dispatch = new Dispatch(this, "Dispatch", plane, runnerRoles);
    const sweep = new Sweep(this, "Sweep", plane, runnerRoles);
    const runnerApi = new RunnerApi(this, "RunnerApi", plane, runnerRoles);
    new Notices(this, "Notices", { receiver: dispatch.function });

    door.add({ path: "/webhook/{forge}", receiver: webhook.function, callers: "open", perSecond: 50, burst: 100 });
    for (const path of ["/runner/claim", "/runner/exit", "/runner/command"]) {
      door.add({ path, receiver: runnerApi.function, callers: "machines", perSecond: 20, burst: 100 });
    }
    if (config.grants.length > 0) {
      // A job's call: it has no keys to sign with, so the function looks its token up.
      door.add({
        path: "/runner/credentials",
        receiver: runnerApi.function,
        callers: "open",
        perSecond: 10,
        burst: 20,
      });
    }
    const direct = [...roles].filter(([name]) => name.includes("Direct")).map(([, role]) => role);
    if (config.environments.length > 0)
      new Deploys(this, "Deploys", { plane, door, movers: [dispatch, sweep], listener: dispatch, direct });
    door.open();

    new Monitoring(this, "Monitoring", {
      functions: {
        webhook: webhook.function,
        dispatch: dispatch.function,
        sweep: sweep.function,
        runnerApi: runnerApi.function,
      },
      messages: plane.messages,
      api: door.api,
      logGroup,
      alarmEmail: config.stack.alarmEmail,
      dailyBudget: config.stack.dailyBudget,
    });
    this.images(config, network);
    Tags.of(this).add("dayfly", this.stackName);
    new CfnOutput(this, "WebhookAddress", { value: `${door.address}/webhook/` });
    for (const [name, value] of Object.entries(versions)) new CfnOutput(this, name, { value });
    new CfnOutput(this, "TableName", { value: plane.table.table.tableName });
    new CfnOutput(this, "QueueUrl", { value: plane.messages.queue.queueUrl });
    new CfnOutput(this, "DeadLetterUrl", { value: plane.messages.deadLetters.queueUrl });
  }

  /** One role for all machines; others only where a profile opens a shell for debugging, or the direct way to targets. */
  private runnerRoles(config: ConfigFile, door: HttpDoor): ReadonlyMap<string, RunnerRole> {
    const kinds = new Map([["Runner", false], ...config.profiles.map((one) => [roleOf(one), !!one.debug] as const)]);
    return new Map(
      [...kinds].map(([name, debug]) => [name, new RunnerRole(this, name, { api: door.api, debug })] as const),
    );
  }

  private machines(
    config: ConfigFile,
    network: Network,
    door: HttpDoor,
    roles: ReadonlyMap<string, RunnerRole>,
  ): ReadonlyMap<string, MachineProfile> {
    return new Map(
      config.profiles.map((profile) => {
        const role = roles.get(roleOf(profile));
        if (!role) throw new Error("every profile has a role");
        const made = new MachineProfile(this, `Profile-${profile.name}`, {
          profile,
          runners: runnersOf(config),
          vpc: network.vpc,
          instanceProfile: role.profile,
          api: door.address,
          egress: egressOf(config, profile),
        });
        return [profile.name, made];
      }),
    );
  }

  /** One pipeline for each processor that some profile wants our own image for. */
  private images(config: ConfigFile, { vpc, subnetIds }: Network): void {
    const wanted = new Set(config.profiles.filter(({ image }) => image === "own").map((one) => one.architecture));
    for (const architecture of wanted) {
      const subnetId = subnetIds[0] ?? "";
      new ImagePipeline(this, `Image-${architecture}`, { architecture, runners: runnersOf(config), subnetId, vpc });
    }
  }
}

function roleOf({ debug, direct }: ConfigFile["profiles"][number]): string {
  return `${debug ? "Debug" : ""}${direct ? "Direct" : ""}Runner`;
}

function runnersOf(config: ConfigFile): readonly ("gitea" | "github")[] {
  return (["gitea", "github"] as const).filter((kind) => config.forges.some((forge) => forge.kind === kind));
}
