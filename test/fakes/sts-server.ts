import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface StsServer {
  readonly url: string;
  /** Bodies of the calls, as form fields. */
  readonly calls: Readonly<Record<string, string>>[];
  /** The next call is answered by this code. */
  failNext(status: number, code: string): void;
  close(): Promise<void>;
}

/**
 * AssumeRole and GetCallerIdentity of STS in its Query protocol.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function stsServer(): Promise<StsServer> {
  const calls: Readonly<Record<string, string>>[] = [];
  let failure: { status: number; code: string } | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
    calls.push(form);
    const failed = failure;
    failure = undefined;
    response.writeHead(failed?.status ?? 200, { "content-type": "text/xml" });
    response.end(failed ? refusal(failed.code, form.RoleArn ?? "") : answer(form));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    failNext: (status, code) => {
      failure = { status, code };
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(form: Readonly<Record<string, string>>): string {
  const expiration = new Date(Date.now() + Number(form.DurationSeconds) * 1000).toISOString();
  const results: Readonly<Record<string, () => string>> = {
    AssumeRole: () =>
      `<Credentials><AccessKeyId>ASIAFAKE</AccessKeyId><SecretAccessKey>vended-s3cret</SecretAccessKey>` +
      `<SessionToken>vended-t0ken</SessionToken><Expiration>${expiration}</Expiration></Credentials>`,
    GetCallerIdentity: () =>
      `<Arn>arn:aws:sts::123456789012:assumed-role/admin/ada</Arn><UserId>A:ada</UserId><Account>123456789012</Account>`,
  };
  const { Action = "" } = form;
  const result = results[Action]?.() ?? "";
  return `<${Action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${Action}Result>${result}</${Action}Result></${Action}Response>`;
}

function refusal(code: string, said: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>not allowed: ${said}</Message></Error></ErrorResponse>`;
}
