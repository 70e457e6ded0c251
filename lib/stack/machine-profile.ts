import { Fn, Stack } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { CfnInstanceProfile } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { stackTag } from "../aws/launch-tags.ts";
import type { ConfigFile } from "../core/config/config-file.ts";
import { stockImage } from "../core/config/images.ts";
import { userData } from "./user-data.ts";

type ProfileEntry = ConfigFile["profiles"][number];

export interface MachineProfileProps {
  readonly profile: ProfileEntry;
  readonly runners: readonly ("gitea" | "github")[];
  readonly vpc: ec2.IVpc;
  readonly instanceProfile: CfnInstanceProfile;
  /** Address of the runner API. */
  readonly api: string;
  /** TCP ports that its machines may call. */
  readonly egress: readonly number[];
}

/** One kind of machine: its launch template, and a security group with no way in. */
export class MachineProfile extends Construct {
  readonly template: ec2.CfnLaunchTemplate;
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: MachineProfileProps) {
    super(scope, id);
    const { profile, runners, vpc, instanceProfile, api, egress } = props;
    this.securityGroup = new ec2.SecurityGroup(this, "Group", {
      vpc,
      allowAllOutbound: false,
      description: `dayfly machines ${profile.name}: nobody calls them`,
    });
    for (const port of egress) {
      this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), "what jobs may call");
    }
    const stack = Stack.of(this);
    const tags = [
      { key: "Name", value: `${stack.stackName} ${profile.name}` },
      { key: stackTag, value: stack.stackName },
    ];
    const { minutes, bootMinutes } = profile.limits;
    const script = userData(
      {
        api,
        region: stack.region,
        runners,
        lifeMinutes: minutes + bootMinutes,
        bootMinutes,
        debugMinutes: profile.debug?.minutes ?? 0,
      },
      "runner-ami",
    );
    this.template = new ec2.CfnLaunchTemplate(this, "Template", {
      launchTemplateData: {
        // Only so that the template is whole: each launch names its own frozen image.
        imageId: `resolve:ssm:${stockImage(profile)}`,
        instanceInitiatedShutdownBehavior: "terminate",
        iamInstanceProfile: { arn: instanceProfile.attrArn },
        securityGroupIds: [this.securityGroup.securityGroupId],
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
        blockDeviceMappings: [
          {
            deviceName: profile.system === "al2023" ? "/dev/xvda" : "/dev/sda1",
            ebs: { volumeSize: profile.disk, volumeType: "gp3", encrypted: true, deleteOnTermination: true },
          },
        ],
        tagSpecifications: [
          { resourceType: "instance", tags },
          { resourceType: "volume", tags },
        ],
        userData: Fn.base64(script),
      },
    });
  }
}
