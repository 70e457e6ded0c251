import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Stack } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as imagebuilder from "aws-cdk-lib/aws-imagebuilder";
import { Construct } from "constructs";
import { stackTag } from "../aws/launch-tags.ts";
import { type Architecture, ownImage } from "../core/config/images.ts";

export interface ImagePipelineProps {
  readonly architecture: Architecture;
  readonly runners: readonly ("gitea" | "github")[];
  readonly subnetId: string;
  readonly vpc: ec2.IVpc;
}

/** On images; its value names the one pipeline that built them. */
const imageTag = "dayfly-image";

/** Builds our own image once a month, from runner-ami; until the first one is ready, machines boot the stock image. */
export class ImagePipeline extends Construct {
  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    const stackName = Stack.of(this).stackName;
    const name = `${stackName}-${props.architecture}`;
    const recipe = this.recipe(name, props);
    const distribution = new imagebuilder.CfnDistributionConfiguration(this, "Distribution", {
      name,
      distributions: [
        {
          region: Stack.of(this).region,
          amiDistributionConfiguration: {
            // These keys are typed as anything, and passed on as they are.
            Name: `${name} {{ imagebuilder:buildDate }}`,
            AmiTags: { [stackTag]: stackName },
          },
          ssmParameterConfigurations: [
            { parameterName: ownImage(stackName, props.architecture), dataType: "aws:ec2:image" },
          ],
        },
      ],
    });
    new imagebuilder.CfnImagePipeline(this, "Pipeline", {
      name,
      imageRecipeArn: recipe.attrArn,
      infrastructureConfigurationArn: this.infrastructure(name, props).attrArn,
      distributionConfigurationArn: distribution.attrArn,
      imageTestsConfiguration: { imageTestsEnabled: false },
      schedule: {
        scheduleExpression: "cron(0 3 1 * ? *)",
        pipelineExecutionStartCondition: "EXPRESSION_MATCH_ONLY",
      },
      imageTags: { [stackTag]: stackName, [imageTag]: name },
      status: "ENABLED",
    });
    this.keepTwo(name);
  }

  /** Components and recipes never change: a new content gets a new name. */
  private recipe(name: string, { architecture, runners }: ImagePipelineProps): imagebuilder.CfnImageRecipe {
    const content = component(runners);
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
    const tools = new imagebuilder.CfnComponent(this, "Tools", {
      name: `${name}-${hash}`,
      version: "1.0.0",
      platform: "Linux",
      data: content,
    });
    const arch = architecture === "arm64" ? "arm64" : "x86";
    return new imagebuilder.CfnImageRecipe(this, "Recipe", {
      name: `${name}-${hash}`,
      version: "1.0.0",
      parentImage: Stack.of(this).formatArn({
        service: "imagebuilder",
        account: "aws",
        resource: "image",
        resourceName: `amazon-linux-2023-${arch}/x.x.x`,
      }),
      components: [{ componentArn: tools.attrArn }],
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeSize: 8, volumeType: "gp3", deleteOnTermination: true } },
      ],
    });
  }

  private infrastructure(name: string, props: ImagePipelineProps): imagebuilder.CfnInfrastructureConfiguration {
    const role = new iam.Role(this, "BuilderRole", {
      assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com"),
      managedPolicies: ["EC2InstanceProfileForImageBuilder", "AmazonSSMManagedInstanceCore"].map((policy) =>
        iam.ManagedPolicy.fromAwsManagedPolicyName(policy),
      ),
    });
    const group = new ec2.SecurityGroup(this, "Group", {
      vpc: props.vpc,
      allowAllOutbound: false,
      description: "dayfly image builder: nobody calls it",
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), "packages and downloads");
    const profile = new iam.CfnInstanceProfile(this, "BuilderProfile", { roles: [role.roleName] });
    return new imagebuilder.CfnInfrastructureConfiguration(this, "Infrastructure", {
      name,
      instanceProfileName: profile.ref,
      instanceTypes: [props.architecture === "arm64" ? "t4g.medium" : "t3.medium"],
      subnetId: props.subnetId,
      securityGroupIds: [group.securityGroupId],
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      terminateInstanceOnFailure: true,
    });
  }

  /** Snapshots are billed by the month. Only images of this very pipeline are counted: two builds of one processor must not cost the other its only image. */
  private keepTwo(name: string): void {
    const role = new iam.Role(this, "LifecycleRole", {
      assumedBy: new iam.ServicePrincipal("imagebuilder.amazonaws.com"),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName("service-role/EC2ImageBuilderLifecycleExecutionPolicy"),
      ],
    });
    new imagebuilder.CfnLifecyclePolicy(this, "Lifecycle", {
      name,
      executionRole: role.roleArn,
      resourceType: "AMI_IMAGE",
      resourceSelection: { tagMap: { [imageTag]: name } },
      policyDetails: [
        {
          action: { type: "DELETE", includeResources: { amis: true, snapshots: true } },
          filter: { type: "COUNT", value: 2 },
        },
      ],
    });
  }
}

/** The component document; Image Builder takes at most 16,000 characters of it. */
function component(runners: readonly string[]): string {
  const file = (path: string) => readFileSync(`runner-ami/${path}`).toString("base64");
  const unpack = ["versions.env", "install/install.sh", "check.sh"].map(
    (path) => `echo ${file(path)} | base64 -d >/tmp/dayfly/${path}`,
  );
  const commands = [
    ["set -Eeuo pipefail", "mkdir -p /tmp/dayfly/install", ...unpack].join("\n"),
    `DAYFLY_RUNNERS="${runners.join(" ")}" bash /tmp/dayfly/install/install.sh`,
    `DAYFLY_RUNNERS="${runners.join(" ")}" bash /tmp/dayfly/check.sh`,
    "rm -rf /tmp/dayfly",
  ];
  const step = { name: "Install", action: "ExecuteBash", inputs: { commands } };
  return JSON.stringify({ schemaVersion: 1.0, phases: [{ name: "build", steps: [step] }] });
}
