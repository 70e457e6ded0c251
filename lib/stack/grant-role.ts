import { Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { GrantRule } from "../core/deploy/grant.ts";

/**
 * What a grant of dayfly.yaml gives. Nobody can take this role but the runner API, which vends sessions of at most an hour
 * to the jobs that the grant names.
 */
export class GrantRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: { readonly grant: GrantRule; readonly vendor: iam.IRole }) {
    super(scope, id);
    const { name, to, minutes } = props.grant;
    this.role = new iam.Role(this, "Role", {
      assumedBy: new iam.ArnPrincipal(props.vendor.roleArn),
      description: `dayfly grant ${name}: for jobs, at most ${minutes} minutes at a time`,
      maxSessionDuration: Duration.hours(1),
    });
    const stack = Stack.of(this);
    this.registries(
      to.ecr.map((repo) => stack.formatArn({ service: "ecr", resource: "repository", resourceName: repo })),
    );
    this.buckets(to.s3.map((bucket) => `arn:${stack.partition}:s3:::${bucket}`));
    this.distributions(
      to.cloudfront.map((distribution) =>
        stack.formatArn({ service: "cloudfront", region: "", resource: "distribution", resourceName: distribution }),
      ),
    );
  }

  private registries(arns: readonly string[]): void {
    if (arns.length === 0) return;
    // A log-in is for the whole registry; it opens only the repositories below.
    this.allow(["ecr:GetAuthorizationToken"], ["*"]);
    this.allow(
      [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      arns,
    );
  }

  private buckets(arns: readonly string[]): void {
    if (arns.length === 0) return;
    this.allow(["s3:GetBucketLocation", "s3:ListBucket"], arns);
    this.allow(
      ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      arns.map((arn) => `${arn}/*`),
    );
  }

  private distributions(arns: readonly string[]): void {
    if (arns.length > 0) this.allow(["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], arns);
  }

  private allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}
