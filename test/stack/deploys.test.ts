import { describe, expect, it } from "@jest/globals";
import { documentName } from "../../lib/aws/deploy-documents.ts";
import { allows, type Statement } from "./policy.ts";
import { resources, synth, whole } from "./synth.ts";

const template = synth(whole);

function rightsOf(role: string, from = template): readonly Statement[] {
  const found = [...resources(from, "AWS::IAM::Policy")].filter(([id]) => id.startsWith(role));
  expect(found).toHaveLength(1);
  return (found[0]![1].Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

const arn = (service: string, rest: string) => `arn:<AWS::Partition>:${service}:eu-central-1:<AWS::AccountId>:${rest}`;
const ours = { "ssm:resourceTag/dayfly-target": "dayfly" };
const deploy = arn("ssm", `document/${documentName("dayfly", "deploy")}`);

describe.each(["DeploysApiRole", "DispatchRole", "SweepRole"])("2-22 %s", (role) => {
  const rights = rightsOf(role);
  const may = (resource: string, context = {}) => allows(rights, { action: "ssm:SendCommand", resource, context });

  it("may send our two documents, to the hosts of dayfly.yaml that carry our tag", () => {
    expect(may(deploy)).toBe(true);
    expect(may(arn("ssm", `document/${documentName("dayfly", "inspect")}`))).toBe(true);
    expect(may(arn("ec2", "instance/i-0123456789abcdef0"), ours)).toBe(true);
    expect(may(arn("ssm", "managed-instance/mi-0123456789abcdef0"), ours)).toBe(true);
  });

  it("may send nothing else and to nobody else", () => {
    expect(may("arn:<AWS::Partition>:ssm:eu-central-1::document/AWS-RunShellScript")).toBe(false);
    expect(may(arn("ssm", "document/dayfly-deploy-00000000"))).toBe(false);
    expect(may(arn("ec2", "instance/i-0123456789abcdef0"))).toBe(false);
    expect(may(arn("ec2", "instance/i-0123456789abcdef0"), { "ssm:resourceTag/dayfly-target": "other" })).toBe(false);
    expect(may(arn("ec2", "instance/i-0fedcba9876543210"), ours)).toBe(false);
    expect(may(arn("ssm", "managed-instance/mi-0fedcba9876543210"), ours)).toBe(false);
  });

  it("may not touch documents, tags or registrations", () => {
    for (const action of [
      "ssm:UpdateDocument",
      "ssm:UpdateDocumentDefaultVersion",
      "ssm:ModifyDocumentPermission",
      "ssm:StartSession",
    ])
      expect(allows(rights, { action, resource: deploy })).toBe(false);
    for (const action of ["ssm:AddTagsToResource", "ec2:CreateTags"])
      expect(
        allows(rights, { action, resource: arn("ssm", "managed-instance/mi-0123456789abcdef0"), context: ours }),
      ).toBe(false);
  });
});

describe("1-17 the bucket of bundles", () => {
  const [[id, bucket] = []] = resources(template, "AWS::S3::Bucket");
  const object = { "Fn::Join": ["", [{ "Fn::GetAtt": [id, "Arn"] }, "/bundles/*"]] };
  const doers = (action: string, on: unknown) =>
    [...resources(template, "AWS::IAM::Policy").values()].flatMap(({ Properties }) => {
      const { Statement: statements } = Properties.PolicyDocument as {
        Statement: { Action: unknown; Resource: unknown }[];
      };
      const found = statements.some(
        ({ Action, Resource }) => Action === action && JSON.stringify(Resource) === JSON.stringify(on),
      );
      return found ? (Properties.Roles as { Ref: string }[]).map(({ Ref }) => Ref.replace(/[0-9A-F]{8}$/, "")) : [];
    });

  it("is written for the deploy API alone, and read for whoever sends commands: no machine and no target has a right to it", () => {
    expect(doers("s3:PutObject", object)).toEqual(["DeploysApiRole"]);
    expect(doers("s3:GetObject", object).sort()).toEqual(["DeploysApiRole", "DispatchRole", "SweepRole"]);
    expect(JSON.stringify(rightsOf("RunnerRole")) + JSON.stringify(rightsOf("DeploysTargetRole"))).not.toContain("s3:");
  });

  it("is private, encrypted without a key that is billed, emptied by age, and stays when the stack goes", () => {
    expect(bucket).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        LifecycleConfiguration: {
          Rules: [
            { Status: "Enabled", ExpirationInDays: 90, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
          ],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  it("is reached by TLS alone", () => {
    const [policy] = resources(template, "AWS::S3::BucketPolicy").values();
    const { Statement: statements } = policy!.Properties.PolicyDocument as { Statement: object[] };
    expect(statements.map((one) => ({ ...one, Resource: undefined, Principal: undefined }))).toEqual([
      { Effect: "Deny", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Effect: "Deny", Action: "s3:*", Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } },
    ]);
  });

  it("is there only where an app has bundles, and its name is told to those functions", () => {
    const told = [...resources(template, "AWS::Lambda::Function")].flatMap(([name, { Properties }]) => {
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      return "BUNDLES" in Variables ? [name.replace(/Function[0-9A-F]{8}$/, "")] : [];
    });
    expect(told.sort()).toEqual(["DeploysApi", "Dispatch", "Sweep"]);
    expect(resources(synth(whole.replace(", { name: pages, bundle: true }", "")), "AWS::S3::Bucket").size).toBe(0);
  });
});

describe("machines", () => {
  it("1-18 by default hold no SSM right at all: their jobs ask the deploy API", () => {
    expect(JSON.stringify(rightsOf("RunnerRole"))).not.toContain("ssm:");
  });
});

describe("1-18 machines of a profile with direct: true", () => {
  const direct = synth(
    whole
      .replace("profiles: [", "profiles: [{ name: trusted, labels: [deploy], types: [c7g.large], direct: true }, ")
      .replace(", { name: edge1, id: mi-0123456789abcdef0 }", "")
      .replace("[web1, edge1]", "[web1]"),
  );
  const rights = rightsOf("DirectRunnerRole", direct);

  it("may send to the one named instance by our documents, and describe instances", () => {
    const send = "ssm:SendCommand";
    expect(allows(rights, { action: send, resource: deploy })).toBe(true);
    expect(allows(rights, { action: send, resource: arn("ec2", "instance/i-0123456789abcdef0"), context: ours })).toBe(
      true,
    );
    expect(allows(rights, { action: "ec2:DescribeInstances", resource: "*" })).toBe(true);
  });

  it("may not send to another instance, nor by another document", () => {
    const send = "ssm:SendCommand";
    expect(allows(rights, { action: send, resource: arn("ec2", "instance/i-0fedcba9876543210"), context: ours })).toBe(
      false,
    );
    expect(
      allows(rights, { action: send, resource: "arn:<AWS::Partition>:ssm:eu-central-1::document/AWS-RunShellScript" }),
    ).toBe(false);
  });

  it("are a role of their own: every other profile's machines hold nothing of it", () => {
    expect(JSON.stringify(rightsOf("RunnerRole", direct))).not.toContain("ssm:");
    const templates = [...resources(direct, "AWS::EC2::LaunchTemplate")].map(([id, { Properties }]) => [
      id.slice(0, 14),
      JSON.stringify(Properties).includes("DirectRunnerProfile"),
    ]);
    expect(Object.fromEntries(templates)).toEqual({ Profiletrusted: true, ProfilesmallTe: false });
  });
});

describe("the stack", () => {
  it("creates both documents under names that hold their content's hash", () => {
    const names = [...resources(template, "AWS::SSM::Document").values()].map(({ Properties }) => Properties.Name);
    expect(names.sort()).toEqual([documentName("dayfly", "deploy"), documentName("dayfly", "inspect")].sort());
  });

  it("2-02 opens no port of any host: nothing in it lets a connection in", () => {
    const groups = [...resources(template, "AWS::EC2::SecurityGroup").values()];
    expect(groups.length).toBeGreaterThan(0);
    for (const { Properties } of groups) expect(Properties).not.toHaveProperty("SecurityGroupIngress");
    expect(resources(template, "AWS::EC2::SecurityGroupIngress").size).toBe(0);
  });

  it("hears of ended commands of its own document only", () => {
    const rule = [...resources(template, "AWS::Events::Rule").values()].find(({ Properties }) =>
      String(JSON.stringify(Properties.EventPattern)).includes("aws.ssm"),
    );
    expect(rule?.Properties.EventPattern).toMatchObject({
      detail: { "document-name": [documentName("dayfly", "deploy")] },
    });
  });

  it("4-08 answers deploys at /api, limited by itself; without environments there is neither document nor route", () => {
    const routes = (from: typeof template) =>
      [...resources(from, "AWS::ApiGatewayV2::Route").values()].map(({ Properties }) => Properties.RouteKey);
    expect(routes(template)).toEqual(expect.arrayContaining(["GET /api/{proxy+}", "POST /api/{proxy+}"]));
    const [stage] = resources(template, "AWS::ApiGatewayV2::Stage").values();
    expect(stage?.Properties.RouteSettings).toMatchObject({ "POST /api/{proxy+}": { ThrottlingRateLimit: 20 } });
    expect(routes(synth()).filter((key) => String(key).includes("/api"))).toEqual([]);
    expect(resources(synth(), "AWS::SSM::Document").size).toBe(0);
  });
});
