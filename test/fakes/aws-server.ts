import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toXml } from "./ec2/query.ts";

/** What an action is answered with: members of the result, or a refusal by code. */
export type AwsAnswer = object | AwsRefusal;

export interface AwsRefusal {
  readonly refused: string;
  readonly message?: string;
  readonly status?: number;
}

export type AwsAction = (input: Readonly<Record<string, unknown>>) => AwsAnswer | undefined;

export interface AwsServer {
  readonly url: string;
  /** `DescribeStacks`, … in the order of the calls. */
  readonly calls: string[];
  /** How each action is answered; tests change them to break the world. */
  readonly actions: Record<string, AwsAction>;
  close(): Promise<void>;
}

/**
 * One address for every service of an account, in the protocols that the real SDK speaks to them: Query with XML
 * (CloudFormation, STS, IAM, EC2) and JSON (CloudWatch, Service Quotas, SQS, SSM, DynamoDB).
 * https://smithy.io/2.0/aws/protocols/
 */
export async function awsServer(actions: Record<string, AwsAction>): Promise<AwsServer> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const target = request.headers["x-amz-target"];
    const isJson = typeof target === "string";
    const input = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    const action = isJson ? target.replace(/^.*\./, "") : String(input.Action);
    calls.push(action);
    const answer = actions[action]?.(input) ?? {
      refused: "InvalidAction",
      message: `the fake does not know ${action}`,
    };
    const refused = "refused" in answer ? (answer as AwsRefusal) : undefined;
    const { status, text } = isJson ? asJson(answer, refused) : asXml(action, answer, refused, input.Version);
    response.writeHead(status, { "content-type": isJson ? "application/x-amz-json-1.0" : "text/xml" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    actions,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function asJson(answer: AwsAnswer, refused: AwsRefusal | undefined): { status: number; text: string } {
  if (!refused) return { status: 200, text: JSON.stringify(answer) };
  return { status: refused.status ?? 400, text: JSON.stringify({ __type: refused.refused, message: refused.message }) };
}

/** EC2 alone puts its members into the response itself, its lists into `item`, and its errors elsewhere. */
function asXml(action: string, answer: AwsAnswer, refused: AwsRefusal | undefined, version: unknown) {
  const isEc2 = version === "2016-11-15";
  if (refused) {
    const error = { Code: refused.refused, Message: refused.message ?? refused.refused };
    const told = isEc2 ? { Response: { Errors: { Error: error } } } : { ErrorResponse: { Error: error } };
    return { status: refused.status ?? 400, text: toXml(told) };
  }
  const members = toXml(answer);
  const inside = isEc2 ? members : `<${action}Result>${members.replace(/(<\/?)item>/g, "$1member>")}</${action}Result>`;
  return { status: 200, text: `<${action}Response>${inside}</${action}Response>` };
}
