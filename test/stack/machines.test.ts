import { describe, expect, it } from "@jest/globals";
import { everything, resources, synth } from "./synth.ts";

interface TemplateFacts {
  readonly BlockDeviceMappings: readonly { DeviceName: string; Ebs: { VolumeSize: number } }[];
  readonly IamInstanceProfile: { Arn: { "Fn::GetAtt": readonly string[] } };
  readonly ImageId: string;
  readonly UserData: { "Fn::Base64": unknown };
}

const template = synth(
  everything.replace("debug: { minutes: 30 } }", "debug: { minutes: 30 }, limits: { minutes: 60, boot: 10 } }"),
);
const kinds = [...resources(template, "AWS::EC2::LaunchTemplate")].map(
  ([id, { Properties }]) => [id.replace(/^Profile(\w+)Template\w{8}$/, "$1"), Properties.LaunchTemplateData] as const,
) as readonly (readonly [string, TemplateFacts])[];

describe("each kind of machine", () => {
  it("boots its system's own image from its system's own root disk, with its role", () => {
    const rows = kinds.map(([name, { BlockDeviceMappings, IamInstanceProfile, ImageId }]) => {
      const [disk, ...others] = BlockDeviceMappings;
      expect(others).toEqual([]);
      const role = IamInstanceProfile.Arn["Fn::GetAtt"][0]?.replace(/Profile\w{8}$/, "");
      return [
        name,
        role,
        `${disk?.DeviceName} ${disk?.Ebs.VolumeSize}`,
        ImageId.replace(/^resolve:ssm:.*\/(?=al2023|24)/, ""),
      ];
    });
    expect(rows).toEqual([
      ["usual", "Runner", "/dev/xvda 60", "al2023-ami-kernel-default-arm64"],
      ["intel", "Runner", "/dev/xvda 30", "al2023-ami-kernel-default-x86_64"],
      ["ubuntu", "Runner", "/dev/sda1 30", "24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"],
      ["open", "DebugRunner", "/dev/xvda 30", "al2023-ami-kernel-default-arm64"],
      ["straight", "DirectRunner", "/dev/xvda 30", "al2023-ami-kernel-default-arm64"],
    ]);
  });

  it("1-15 powers itself off after its profile's limit and its boot, and stays for nobody but a debugging profile", () => {
    const rows = kinds.map(([name, { UserData }]) => {
      const script = JSON.stringify(UserData["Fn::Base64"]);
      const value = (key: string) => Number(new RegExp(`DAYFLY_${key}=(\\d+)`).exec(script)?.[1]);
      return [
        name,
        Number(/shutdown -P \+(\d+)/.exec(script)?.[1]),
        value("LIFE_MINUTES"),
        value("BOOT_MINUTES"),
        value("DEBUG_MINUTES"),
      ];
    });
    expect(rows).toEqual([
      ["usual", 38, 38, 8, 0],
      ["intel", 38, 38, 8, 0],
      ["ubuntu", 38, 38, 8, 0],
      ["open", 70, 70, 10, 30],
      ["straight", 38, 38, 8, 0],
    ]);
  });

  it("has neither a key nor interfaces of its own, and shows its tags to no job", () => {
    for (const [, facts] of kinds) {
      expect(Object.keys(facts).sort()).toEqual([
        "BlockDeviceMappings",
        "IamInstanceProfile",
        "ImageId",
        "InstanceInitiatedShutdownBehavior",
        "MetadataOptions",
        "SecurityGroupIds",
        "TagSpecifications",
        "UserData",
      ]);
      expect(facts).toMatchObject({
        InstanceInitiatedShutdownBehavior: "terminate",
        MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1, InstanceMetadataTags: "disabled" },
      });
    }
  });

  it("bears the stack's name on machine and disk, as the right to tag them demands", () => {
    for (const [name, facts] of kinds) {
      const Tags = [
        { Key: "Name", Value: `everything ${name}` },
        { Key: "dayfly-stack", Value: "everything" },
      ];
      expect(facts).toMatchObject({
        TagSpecifications: [
          { ResourceType: "instance", Tags },
          { ResourceType: "volume", Tags },
        ],
      });
    }
  });
});

describe("5-08 our own images", () => {
  const all = (type: string) => [...resources(template, type).values()].map(({ Properties }) => Properties);

  it("are built on Amazon's newest for each processor, on a machine that has it", () => {
    const text = JSON.stringify(all("AWS::ImageBuilder::ImageRecipe").map(({ ParentImage }) => ParentImage));
    expect(text.match(/aws:image\/[^"]+/g)).toEqual([
      "aws:image/amazon-linux-2023-arm64/x.x.x",
      "aws:image/amazon-linux-2023-x86/x.x.x",
    ]);
    expect(all("AWS::ImageBuilder::InfrastructureConfiguration").map(({ InstanceTypes }) => InstanceTypes)).toEqual([
      ["t4g.medium"],
      ["t3.medium"],
    ]);
  });

  it("come by themselves: each pipeline is switched on, and leads from its own recipe to its own parameter", () => {
    const pipelines = all("AWS::ImageBuilder::ImagePipeline");
    expect(pipelines.map(({ Status }) => Status)).toEqual(["ENABLED", "ENABLED"]);
    pipelines.forEach((pipeline, n) => {
      const named = (type: string) => ({ "Fn::GetAtt": [[...resources(template, type).keys()][n], "Arn"] });
      expect(pipeline).toMatchObject({
        ImageRecipeArn: named("AWS::ImageBuilder::ImageRecipe"),
        DistributionConfigurationArn: named("AWS::ImageBuilder::DistributionConfiguration"),
        InfrastructureConfigurationArn: named("AWS::ImageBuilder::InfrastructureConfiguration"),
      });
    });
    expect(JSON.stringify(all("AWS::ImageBuilder::DistributionConfiguration")).match(/\/imagebuilder\/[^"]+/g)).toEqual(
      ["/imagebuilder/everything/arm64", "/imagebuilder/everything/x64"],
    );
  });

  it("hold what installs, and are not used when what checks them fails", () => {
    const { phases } = JSON.parse(String(all("AWS::ImageBuilder::Component")[0]?.Data));
    const [step, ...others] = phases[0].steps;
    expect(others).toEqual([]);
    expect(step.inputs.commands.slice(1)).toEqual([
      'DAYFLY_RUNNERS="gitea github" bash /tmp/dayfly/install/install.sh',
      'DAYFLY_RUNNERS="gitea github" bash /tmp/dayfly/check.sh',
      "rm -rf /tmp/dayfly",
    ]);
    expect(step.inputs.commands[0]).toMatch(/^set -Eeuo pipefail\n/);
  });
});
