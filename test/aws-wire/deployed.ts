import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { Identity } from "../fakes/gateway/signature.ts";
import type { FakeDocument } from "../fakes/ssm/documents.ts";
import type { Statement } from "../stack/policy.ts";
import { type Resource, stackOf } from "../stack/synth.ts";
import type { NamedResources } from "./rights.ts";
import { apiId, region, resolved } from "./template-values.ts";

/** What `cdk deploy` would have made of a dayfly.yaml, read from the synthesised template and its assets. */
export interface Deployed {
  readonly stack: string;
  readonly queue: { readonly visibilitySeconds: number; readonly maxReceives: number };
  readonly batchSize: number;
  readonly concurrency: number;
  /** To be asked once queue and table exist. */
  functions(refs: Refs): readonly DeployedFunction[];
  /** The script of the one launch template, calling that address. */
  userData(refs: Refs, api: string): string;
  readonly routes: readonly {
    readonly key: string;
    readonly authorization: "NONE" | "AWS_IAM";
    readonly function: string;
  }[];
  readonly rules: readonly DeployedRule[];
  /** What may be sent to targets, by name. */
  readonly documents: ReadonlyMap<string, FakeDocument>;
  /** Function that the queue feeds. */
  readonly consumer: string;
  /** The machines' role, by the name that their sessions have. */
  readonly runnerRole: string;
  /** What the role of that function may do. */
  rightsOf(functionId: string, refs: Refs): readonly Statement[];
  /** As calls name them, and as policies do. */
  resources(refs: Refs): NamedResources;
  /** May that session do `execute-api:Invoke` there, by the policies of its role? */
  allows(identity: Identity, resource: string): boolean;
}

export interface Refs {
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly tableName: string;
}

export interface DeployedFunction {
  readonly id: string;
  /** Folder of its code. */
  readonly folder: string;
  readonly handler: string;
  readonly timeoutMilliseconds: number;
  readonly variables: Readonly<Record<string, string>>;
}

export interface DeployedRule {
  readonly pattern?: {
    readonly source: string[];
    readonly "detail-type": string[];
    readonly detail?: Readonly<Record<string, readonly string[]>>;
  };
  /** What a rule of the clock hands over. */
  readonly input?: string;
  readonly function: string;
}

type Properties = Record<string, unknown>;

/** @param outdir where synthesis puts its assets */
export function deployed(config: string, outdir: string): Deployed {
  const stack = stackOf(config, new App({ outdir }));
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  const all = template.Resources;
  const ids = (type: string) => Object.keys(all).filter((id) => all[id]?.Type === type);
  const idOf = (type: string, fits: (properties: Properties) => boolean = () => true): string => {
    const [id, ...others] = ids(type).filter((one) => fits(all[one]?.Properties ?? {}));
    if (id === undefined || others.length > 0) throw new Error(`one ${type} was expected`);
    return id;
  };
  const queueId = idOf("AWS::SQS::Queue", ({ RedrivePolicy }) => RedrivePolicy !== undefined);
  const deadLettersId = idOf("AWS::SQS::Queue", ({ RedrivePolicy }) => RedrivePolicy === undefined);
  const tableId = idOf("AWS::DynamoDB::Table");
  const values = (refs: Partial<Refs> = {}) => ({
    stack: stack.stackName,
    refs: {
      [queueId]: refs.queueUrl ?? "",
      [deadLettersId]: refs.deadLetterUrl ?? "",
      [tableId]: refs.tableName ?? "",
    },
  });
  const properties = (id: string, refs?: Refs) => resolved(all[id]?.Properties ?? {}, all, values(refs)) as Properties;
  const queue = properties(queueId);
  const mapping = properties(idOf("AWS::Lambda::EventSourceMapping"));
  const runnerRole = ids("AWS::IAM::Role").find((id) => id.startsWith("RunnerRole")) ?? "";

  return {
    stack: stack.stackName,
    queue: {
      visibilitySeconds: Number(queue.VisibilityTimeout),
      maxReceives: Number((queue.RedrivePolicy as Properties).maxReceiveCount),
    },
    batchSize: Number(mapping.BatchSize),
    concurrency: Number((mapping.ScalingConfig as Properties).MaximumConcurrency),
    documents: new Map(
      ids("AWS::SSM::Document").map((id) => {
        const { Name, Content } = properties(id);
        return [String(Name), Content as FakeDocument];
      }),
    ),
    consumer: String(mapping.FunctionName),
    runnerRole,
    functions: (refs) =>
      ids("AWS::Lambda::Function").map((id) => {
        const { Handler, Timeout, Code, Environment } = properties(id, refs) as Record<string, Properties>;
        const asset = String(Code?.S3Key).replace(/\.zip$/, "");
        return {
          id,
          folder: join(outdir, `asset.${asset}`),
          handler: String(Handler).replace(/^index\./, ""),
          timeoutMilliseconds: Number(Timeout) * 1000,
          variables: (Environment?.Variables ?? {}) as Record<string, string>,
        };
      }),
    userData(refs, api) {
      const { LaunchTemplateData } = properties(idOf("AWS::EC2::LaunchTemplate"), refs) as Record<string, Properties>;
      const script = Buffer.from(String(LaunchTemplateData?.UserData), "base64").toString("utf8");
      // Instead of a name server and TLS.
      return script.replace(`https://${apiId}.execute-api.${region}.amazonaws.com`, api);
    },
    routes: ids("AWS::ApiGatewayV2::Route").map((id) => {
      const { RouteKey, AuthorizationType, Target } = properties(id);
      const integration = properties(String(Target).replace("integrations/", ""));
      const authorization = AuthorizationType === "AWS_IAM" ? "AWS_IAM" : "NONE";
      return { key: String(RouteKey), authorization, function: functionOf(integration.IntegrationUri) };
    }),
    rules: ids("AWS::Events::Rule").map((id) => {
      const { EventPattern, Targets } = properties(id);
      const [target] = Targets as { Arn: string; Input?: string }[];
      const pattern = EventPattern as NonNullable<DeployedRule["pattern"]>;
      return {
        ...(pattern && { pattern }),
        ...(target?.Input && { input: target.Input }),
        function: functionOf(target?.Arn),
      };
    }),
    rightsOf(id, refs) {
      const role = String(properties(id, refs).Role).split("/").at(-1) ?? "";
      return ids("AWS::IAM::Policy")
        .map((one) => properties(one, refs))
        .filter(({ Roles }) => (Roles as string[]).includes(role))
        .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement);
    },
    resources(refs) {
      const arn = (id: string) => String(resolved({ "Fn::GetAtt": [id, "Arn"] }, all, values(refs)));
      const queues = { [refs.queueUrl]: arn(queueId), [refs.deadLetterUrl]: arn(deadLettersId) };
      return { table: { name: refs.tableName, arn: arn(tableId) }, queues };
    },
    allows({ arn }, resource) {
      const role = arn.split("/")[1];
      const policies = ids("AWS::IAM::Policy").map((id) => properties(id));
      const statements = policies
        .filter(({ Roles }) => (Roles as string[]).includes(role ?? ""))
        .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement);
      return statements.some(
        ({ Effect, Action, Resource: on }) =>
          Effect === "Allow" && [Action].flat().includes("execute-api:Invoke") && [on].flat().includes(resource),
      );
    },
  };
}

/** Logical id at the end of a function's ARN. */
function functionOf(arn: unknown): string {
  return String(arn).split(":").at(-1) ?? "";
}
