import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type RouteTable,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";

const fewAddresses = 8;

/** Does a machine in each of these subnets reach the internet? */
export async function checkNetwork(ec2: EC2Client, ids: readonly string[]): Promise<readonly Check[]> {
  const subnets = await findSubnets(ec2, ids);
  if (!subnets) {
    const cure = "Name existing ones under `stack.network`, or deploy the stack's own with npx cdk deploy.";
    return [bad("network", `one of the subnets ${ids.join(", ")} is not there`, cure)];
  }
  const vpcs = [...new Set(subnets.flatMap(({ VpcId }) => VpcId ?? []))];
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: vpcs }] }),
  );
  return subnets.map((subnet) => checkSubnet(subnet, tableOf(subnet, RouteTables)));
}

async function findSubnets(ec2: EC2Client, ids: readonly string[]): Promise<readonly Subnet[] | undefined> {
  try {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }));
    return Subnets.length === ids.length && ids.length > 0 ? Subnets : undefined;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("InvalidSubnetID")) return undefined;
    throw error;
  }
}

/** A subnet without a route table of its own has the network's main one. */
function tableOf({ SubnetId, VpcId }: Subnet, tables: readonly RouteTable[]): RouteTable | undefined {
  const own = tables.find(({ Associations = [] }) => Associations.some((one) => one.SubnetId === SubnetId));
  return own ?? tables.find((table) => table.VpcId === VpcId && table.Associations?.some(({ Main }) => Main));
}

function checkSubnet(subnet: Subnet, table: RouteTable | undefined): Check {
  const name = `network ${subnet.SubnetId}`;
  const way = table?.Routes?.find((route) => route.DestinationCidrBlock === "0.0.0.0/0");
  const gateway = way?.GatewayId ?? way?.NatGatewayId ?? way?.TransitGatewayId ?? way?.NetworkInterfaceId;
  if (!way || !gateway)
    return bad(
      name,
      "has no way to the internet",
      "Give its route table a default route to an internet or NAT gateway.",
    );
  if (way.State === "blackhole")
    return bad(
      name,
      `its way to the internet leads nowhere (${gateway})`,
      "Point its default route to a gateway that exists.",
    );
  if (gateway.startsWith("igw-") && !subnet.MapPublicIpOnLaunch) {
    const give = `aws ec2 modify-subnet-attribute --subnet-id ${subnet.SubnetId} --map-public-ip-on-launch`;
    return bad(name, "its machines get no public address, and there is no NAT", give);
  }
  const free = subnet.AvailableIpAddressCount ?? 0;
  if (free < fewAddresses) return warning(name, `has ${free} free addresses`, "Use a larger subnet, or more of them.");
  return ok(name, `${subnet.AvailabilityZone}, by ${gateway}, ${free} free addresses`);
}
