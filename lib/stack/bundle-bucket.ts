import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { ControlFunction } from "./control-function.ts";

/** For so long a bundle can be deployed again without building it anew; targets keep those that they have unpacked. */
const keptDays = 90;

/**
 * Where bundles lie between job and target: private, encrypted by S3's own key, reached by TLS alone, emptied by age. Empty it costs nothing,
 * and it stays when the stack goes: a full one could not be removed.
 */
export class BundleBucket extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, "Bucket", {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ expiration: Duration.days(keptDays), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** To sign addresses at which targets read. */
  allowRead(reader: ControlFunction): void {
    reader.function.addEnvironment("BUNDLES", this.bucket.bucketName);
    reader.allow(["s3:GetObject"], [this.objects]);
    // Without it S3 says of what is not there that it is forbidden.
    reader.allow(["s3:ListBucket"], [this.bucket.bucketArn]);
  }

  /** To sign addresses to which jobs upload. */
  allowWrite(writer: ControlFunction): void {
    writer.allow(["s3:PutObject"], [this.objects]);
  }

  private get objects(): string {
    return this.bucket.arnForObjects("bundles/*");
  }
}
