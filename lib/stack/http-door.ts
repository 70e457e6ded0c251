import { Stack } from "aws-cdk-lib";
import * as apigateway from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

export interface Route {
  readonly path: string;
  /** POST where it says nothing. */
  readonly methods?: readonly apigateway.HttpMethod[];
  readonly receiver: IFunction;
  /** `machines`: the gateway lets in only callers that sign with a role of ours. `open`: the function checks by itself. */
  readonly callers: "machines" | "open";
  readonly perSecond: number;
  readonly burst: number;
}

const usualMethods = [apigateway.HttpMethod.POST];

/** The one public address. Each route has a limit of its own, so that a flood on one never starves another. */
export class HttpDoor extends Construct {
  readonly api: apigateway.HttpApi;
  private readonly routes: Route[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new apigateway.HttpApi(this, "Api", { createDefaultStage: false });
  }

  get address(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  add(route: Route): void {
    this.routes.push(route);
  }

  /** To be called once, after the last route. */
  open(): void {
    const made = this.routes.flatMap(({ path, methods = usualMethods, receiver, callers }) =>
      this.api.addRoutes({
        path,
        methods: [...methods],
        integration: new HttpLambdaIntegration(`Integration${path}`, receiver),
        ...(callers === "machines" && { authorizer: new HttpIamAuthorizer() }),
      }),
    );
    const stage = new apigateway.CfnStage(this, "Stage", {
      apiId: this.api.apiId,
      stageName: "$default",
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: 10, throttlingBurstLimit: 20, detailedMetricsEnabled: false },
      routeSettings: Object.fromEntries(
        this.routes.flatMap(({ path, methods = usualMethods, perSecond, burst }) =>
          methods.map((method) => [
            `${method} ${path}`,
            { ThrottlingRateLimit: perSecond, ThrottlingBurstLimit: burst },
          ]),
        ),
      ),
    });
    // A stage that names a route before it exists fails the first deploy: "Unable to find Route by key".
    for (const route of made) stage.node.addDependency(route);
  }
}
