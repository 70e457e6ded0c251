import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ec2Account, FakeMachine, FleetAnswer, FleetRequest } from "./account.ts";
import { list, type Query, readQuery, text, toXml, tree } from "./query.ts";
import { Refusal } from "./rules.ts";

export interface Ec2Server {
  readonly url: string;
  /** Every call in its order, by its action. */
  readonly calls: Ec2Call[];
  /** What goes wrong with the next call of an action; taken off the list when it has happened. */
  readonly faults: Ec2Fault[];
  close(): Promise<void>;
}

interface Ec2Call {
  readonly action: string;
  readonly query: Query;
}

/**
 * answer-lost: done, and the connection breaks · never-arrived: not done, and the connection breaks ·
 * server-error: not done, status 500 · refused: not done, with that code.
 */
type Ec2Fault = { readonly action: string } & (
  | { readonly kind: "answer-lost" | "never-arrived" | "server-error" }
  | { readonly kind: "refused"; readonly code: string; readonly status?: number }
);

/** Speaks EC2's Query protocol over HTTP on a free port of this computer: the real SDK is its client. */
export async function ec2Server(account: Ec2Account): Promise<Ec2Server> {
  const calls: Ec2Call[] = [];
  const faults: Ec2Fault[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const query = readQuery(Buffer.concat(chunks).toString("utf8"));
    const action = text(query, "Action");
    calls.push({ action, query });
    const at = faults.findIndex((fault) => fault.action === action);
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    const silent = fault?.kind === "never-arrived" || fault?.kind === "answer-lost";
    const refused = fault?.kind === "server-error" || fault?.kind === "refused";
    const skipped = fault?.kind === "never-arrived";
    const { status, body } = refused ? failed(fault) : skipped ? nothing : answer(account, action, query);
    if (silent) request.socket.destroy();
    else response.writeHead(status, { "content-type": "text/xml;charset=UTF-8" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls, faults, close: () => closed(server) };
}

const nothing = { status: 0, body: "" };

function failed(fault: Ec2Fault): { status: number; body: string } {
  if (fault.kind === "refused") return problem(fault.code, "refused by the test", fault.status ?? 400);
  return problem("InternalError", "An internal error has occurred", 500);
}

function answer(account: Ec2Account, action: string, query: Query): { status: number; body: string } {
  try {
    const members = actions[action]?.(account, query);
    if (!members) return problem("InvalidAction", `the fake does not know ${action}`, 400);
    const body = `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${toXml(members)}</${action}Response>`;
    return { status: 200, body };
  } catch (error) {
    if (error instanceof Refusal) return problem(error.code, error.message, error.status);
    throw error;
  }
}

function problem(code: string, message: string, status: number): { status: number; body: string } {
  const body = toXml({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: "fake" } });
  return { status, body };
}

const actions: Readonly<Record<string, (account: Ec2Account, query: Query) => object>> = {
  CreateFleet: (account, query) => fleetMembers(account.createFleet(fleetRequest(query))),
  DescribeInstances(account, query) {
    const filters = list(query, "Filter").map((one) => ({
      name: text(one, "Name"),
      values: Object.values(one.Value ?? {}) as string[],
    }));
    const maxResults = text(query, "MaxResults");
    const page = account.describe(filters, maxResults ? Number(maxResults) : undefined, text(query, "NextToken"));
    return {
      reservationSet: page.machines.map((machine) => ({ instancesSet: [instanceMembers(account, machine)] })),
      nextToken: page.next,
    };
  },
  TerminateInstances(account, query) {
    const ids = Object.values(query.InstanceId ?? {}) as string[];
    const ended = account.terminate(ids);
    return { instancesSet: ended.map((one) => ({ instanceId: one.id, currentState: { name: account.state(one) } })) };
  },
};

function fleetRequest(query: Query): FleetRequest {
  const [config] = list(query, "LaunchTemplateConfigs");
  const template = tree(config, "LaunchTemplateSpecification");
  const target = tree(query, "TargetCapacitySpecification");
  if (text(query, "Type") !== "instant") throw new Refusal("instant-answer", "InvalidParameterValue");
  return {
    token: text(query, "ClientToken"),
    templateId: text(template, "LaunchTemplateId"),
    templateVersion: text(template, "Version"),
    overrides: list(config, "Overrides").map((one) => ({
      type: text(one, "InstanceType"),
      subnet: text(one, "SubnetId"),
      image: text(one, "ImageId"),
    })),
    count: Number(text(target, "TotalTargetCapacity")),
    market: text(target, "DefaultTargetCapacityType") === "spot" ? "spot" : "on-demand",
    tags: list(query, "TagSpecification")
      .filter((one) => text(one, "ResourceType") === "instance")
      .flatMap((one) => list(one, "Tag").map((tag) => ({ key: text(tag, "Key"), value: text(tag, "Value") }))),
  };
}

function fleetMembers({ fleetId, machines, errors }: FleetAnswer): object {
  const override = (type: string, subnet: string) => ({ overrides: { instanceType: type, subnetId: subnet } });
  return {
    fleetId,
    errorSet: errors.map(({ code, message, type, subnet }) => ({
      errorCode: code,
      errorMessage: message,
      launchTemplateAndOverrides: override(type, subnet),
    })),
    fleetInstanceSet: machines.map((one) => ({
      instanceIds: [one.id],
      instanceType: one.type,
      lifecycle: one.market,
      availabilityZone: zoneOf(one.subnet),
      launchTemplateAndOverrides: override(one.type, one.subnet),
    })),
  };
}

function instanceMembers(account: Ec2Account, machine: FakeMachine): object {
  return {
    instanceId: machine.id,
    imageId: machine.image,
    instanceType: machine.type,
    instanceState: { name: account.state(machine) },
    ...(machine.market === "spot" && { instanceLifecycle: "spot" }),
    launchTime: new Date(machine.startedAt).toISOString(),
    placement: { availabilityZone: zoneOf(machine.subnet) },
    tagSet: machine.tags,
  };
}

/** The fake's subnets are named after their zone: `subnet-a` lies in `eu-test-1a`. */
function zoneOf(subnet: string): string {
  return `eu-test-1${subnet.slice(-1)}`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
