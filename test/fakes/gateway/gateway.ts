import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../lib/core/ports.ts";
import { accountId, type Identities } from "./identities.ts";
import { checkSignature, type Identity, type WireRequest } from "./signature.ts";

export interface GatewayRoute {
  /** `POST /webhook/{forge}` */
  readonly key: string;
  readonly authorization: "NONE" | "AWS_IAM";
  readonly invoke: (event: unknown) => Promise<unknown>;
}

export interface GatewayOptions {
  readonly routes: readonly GatewayRoute[];
  readonly region: string;
  readonly apiId: string;
  readonly clock: Clock;
  readonly identities: Identities;
  /** May a role do `execute-api:Invoke` on such a resource? */
  readonly allows: (identity: Identity, resource: string) => boolean;
}

export interface Gateway {
  readonly url: string;
  /** Why requests were refused before any function heard of them. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

/** The payload of an HTTP API's request; a body over 10 MB is refused, too. */
const largestBody = 10 * 1024 * 1024;

/**
 * An HTTP API of API Gateway over HTTP: routes, IAM authorisation and payload format 2.0.
 *
 * @source https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @source https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
 */
export async function httpGateway(options: GatewayOptions): Promise<Gateway> {
  const refusals: string[] = [];
  const server = createServer(async (incoming, response) => {
    const answer = await serve(options, refusals, await read(incoming)).catch((error: unknown) => {
      refusals.push(`function failed: ${error instanceof Error ? error.message : String(error)}`);
      return message(500, "Internal Server Error");
    });
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function serve(options: GatewayOptions, refusals: string[], request: WireRequest): Promise<Answer> {
  const { pathname } = new URL(request.target, "http://gateway");
  const found = match(options.routes, `${request.method} ${pathname}`);
  if (!found) return message(404, "Not Found");
  if (request.body.byteLength > largestBody) return message(413, "Request Entity Too Large");
  const { route, parameters } = found;
  let caller: Identity | undefined;
  if (route.authorization === "AWS_IAM") {
    const { region, clock, identities } = options;
    const rules = { region, service: "execute-api", now: clock.now(), find: identities.find };
    const check = checkSignature(request, rules);
    const resource = `arn:aws:execute-api:${region}:${accountId}:${options.apiId}/$default/${request.method}${pathname}`;
    const allowed = check.kind === "signed" && options.allows(check.identity, resource);
    if (!allowed) {
      refusals.push(check.kind === "signed" ? "its role may not call this" : check.because);
      return message(403, "Forbidden");
    }
    caller = check.identity;
  }
  return structured(await route.invoke(eventOf(options, route, parameters, request, caller)));
}

function message(statusCode: number, text: string): Answer {
  return {
    statusCode,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: text }),
  };
}

function match(routes: readonly GatewayRoute[], wanted: string) {
  for (const route of routes) {
    const names = [...route.key.matchAll(/\{(\w+)\+?\}/g)].map(([, name = ""]) => name);
    // `{proxy+}` takes all that follows.
    const pattern = route.key.replace(/\{\w+\}/g, "([^/]+)").replace(/\{\w+\+\}$/, "(.+)");
    const values = new RegExp(`^${pattern}$`).exec(wanted);
    if (!values) continue;
    const pairs = names.map((name, place) => [name, decodeURIComponent(values[place + 1] ?? "")]);
    return { route, parameters: Object.fromEntries(pairs) as Record<string, string> };
  }
  return undefined;
}

function eventOf(
  { apiId, region, clock }: GatewayOptions,
  route: GatewayRoute,
  parameters: Record<string, string>,
  { method, target, headers, body }: WireRequest,
  caller: Identity | undefined,
): object {
  const { pathname, search } = new URL(target, "http://gateway");
  const textual = /^(?:text\/|application\/(?:json|javascript|xml))/.test(headers["content-type"] ?? "");
  const [role = "", session = ""] = caller?.arn.split("/").slice(1) ?? [];
  const iam = caller && {
    accessKey: caller.accessKeyId,
    accountId,
    callerId: `AROAFAKE${role}:${session}`,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.arn,
    userId: `AROAFAKE${role}:${session}`,
  };
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers,
    requestContext: {
      accountId,
      apiId,
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      http: { method, path: pathname, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: headers["user-agent"] },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: "$default",
      time: new Date(clock.now()).toUTCString(),
      timeEpoch: clock.now(),
      ...(iam && { authorizer: { iam } }),
    },
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    ...(body.byteLength > 0 && { body: body.toString(textual ? "utf8" : "base64") }),
    isBase64Encoded: body.byteLength > 0 && !textual,
  };
}

/** What a function answers: a structured result, or anything else as the body of a 200. */
function structured(result: unknown): Answer {
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(result) };
  }
  return result as Answer;
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(",")]),
  );
  return { method: incoming.method ?? "", target: incoming.url ?? "/", headers, body: Buffer.concat(chunks) };
}
