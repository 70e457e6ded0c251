import * as ec2 from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { ConfigFile } from "../core/config/config-file.ts";

/** Where machines stand: a small network of public subnets without NAT, or an existing one. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;
  readonly subnetIds: readonly string[];

  constructor(scope: Construct, id: string, config: ConfigFile["stack"]) {
    super(scope, id);
    if (config.network) {
      const { vpc, subnets } = config.network;
      this.subnetIds = subnets;
      this.vpc = ec2.Vpc.fromVpcAttributes(this, "Vpc", {
        vpcId: vpc,
        availabilityZones: subnets.map((_, n) => `zone-${n}`),
        publicSubnetIds: [...subnets],
      });
      return;
    }
    const own = new ec2.Vpc(this, "Vpc", {
      ipAddresses: ec2.IpAddresses.cidr("10.55.0.0/16"),
      availabilityZones: [...config.zones],
      natGateways: 0,
      subnetConfiguration: [
        { name: "machines", subnetType: ec2.SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: true },
      ],
      // Its custom resource brings a function whose log group nobody retires.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = own;
    this.subnetIds = own.publicSubnets.map(({ subnetId }) => subnetId);
  }
}
