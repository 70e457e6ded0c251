import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import { type JsonApi, jsonApi } from "../json-api.ts";
import { requestLimits } from "../request-limits.ts";

/** Every service that `dayfly doctor` asks, with the caller's own credentials. */
export interface DoctorClients {
  readonly cloudformation: CloudFormationClient;
  readonly cloudwatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly quotas: ServiceQuotasClient;
  readonly sts: STSClient;
  readonly ecr: JsonApi;
  readonly sqs: JsonApi;
  readonly ssm: JsonApi;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function doctorClients(region: string, environment: Environment): DoctorClients {
  const options = {
    region,
    maxAttempts: 2,
    requestHandler: requestLimits(10_000),
  };
  const sts = new STSClient(options);
  const json = (service: "ecr" | "sqs" | "ssm"): JsonApi => ({
    async call(action, body) {
      // Like the SDK's own clients: credentials are looked for when they are needed, not before.
      const { accessKeyId, secretAccessKey, sessionToken } = await sts.config.credentials();
      const endpoint = environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? environment.AWS_ENDPOINT_URL;
      const access = { region, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
      return jsonApi(service, { ...access, ...(endpoint && { endpoint }) }).call(action, body);
    },
  });
  return {
    cloudformation: new CloudFormationClient(options),
    cloudwatch: new CloudWatchClient(options),
    dynamodb: new DynamoDBClient(options),
    ec2: new EC2Client(options),
    iam: new IAMClient(options),
    quotas: new ServiceQuotasClient(options),
    sts,
    ecr: json("ecr"),
    sqs: json("sqs"),
    ssm: json("ssm"),
  };
}
