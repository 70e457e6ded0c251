import { Stack } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import { deadlineTag, launchTag, stackTag } from "../aws/launch-tags.ts";
import { imagesOf, stockImage } from "../core/config/images.ts";
import type { ControlFunction, ControlPlane } from "./control-function.ts";
import { parameterArns } from "./parameters.ts";

/**
 * The right to launch machines: by our templates only, in our subnets, with our tag, and with no role but that of machines.
 * What EC2 itself makes for a machine (volume, interface) has no name yet, so it is held by the template's condition.
 */
export function allowLaunch(target: ControlFunction, plane: ControlPlane, runnerRoles: readonly IRole[]): void {
  const stack = Stack.of(target);
  const ec2 = (resource: string, name = "*") => stack.formatArn({ service: "ec2", resource, resourceName: name });
  const templates = [...plane.machines.values()].map(({ template }) => ec2("launch-template", template.ref));
  const groups = [...plane.machines.values()].map(({ securityGroup }) =>
    ec2("security-group", securityGroup.securityGroupId),
  );
  const subnets = plane.network.subnetIds.map((id) => ec2("subnet", id));
  const images = ["image", "snapshot"].map((resource) =>
    stack.formatArn({ service: "ec2", account: "", resource, resourceName: "*" }),
  );
  const made = [ec2("volume"), ec2("network-interface"), ec2("spot-instances-request")];
  const named = [...templates, ...groups, ...subnets, ...images];
  const ours = { StringEquals: { [`aws:RequestTag/${stackTag}`]: stack.stackName } };
  const byTemplate = { ArnLike: { "ec2:LaunchTemplate": templates } };

  target.allow(["ec2:CreateFleet", "ec2:RunInstances"], named);
  target.allow(["ec2:CreateFleet"], [ec2("fleet"), ...made]);
  target.allow(["ec2:CreateFleet"], [ec2("instance")], ours);
  target.allow(["ec2:RunInstances"], [ec2("instance")], { ...ours, ...byTemplate });
  target.allow(["ec2:RunInstances"], made, byTemplate);
  target.allow(["ec2:CreateTags"], [ec2("instance"), ec2("volume")], {
    StringEquals: {
      "ec2:CreateAction": ["CreateFleet", "RunInstances"],
      ...ours.StringEquals,
    },
    "ForAllValues:StringEquals": { "aws:TagKeys": ["Name", stackTag, launchTag, deadlineTag] },
  });
  target.allow(
    ["iam:PassRole"],
    runnerRoles.map(({ roleArn }) => roleArn),
    { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  );
  // The first Spot launch of an account makes AWS's own role for it.
  const spotRole = stack.formatArn({
    service: "iam",
    region: "",
    resource: "role",
    resourceName: "aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
  });
  target.allow(["iam:CreateServiceLinkedRole"], [spotRole], {
    StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" },
  });
  const parameters = plane.config.profiles.flatMap((profile) => [
    ...imagesOf(stack.stackName, profile),
    stockImage(profile),
  ]);
  const own = parameters.filter((name) => name.startsWith("/imagebuilder/"));
  const stock = parameters.filter((name) => name.startsWith("/aws/service/"));
  const publicArns = [...new Set(stock)].map((name) =>
    stack.formatArn({ service: "ssm", account: "", resource: "parameter", resourceName: name.slice(1) }),
  );
  // GetParameter as well: EC2 resolves the template's own image on the caller's behalf.
  target.allow(["ssm:GetParameter", "ssm:GetParameters"], [...parameterArns(target, own), ...publicArns]);
}
