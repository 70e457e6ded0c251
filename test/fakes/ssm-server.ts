import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SsmServer {
  readonly url: string;
  /** Parameters by name, as somebody would put them. */
  readonly parameters: Map<string, string>;
  /** Names asked for by each call. */
  readonly calls: (readonly string[])[];
  close(): Promise<void>;
}

/** Images' ids are no secrets; everything else is a SecureString, and unreadable to whoever does not ask for its text. */
const isPlain = /^\/(?:aws|imagebuilder)\//;

/**
 * SSM's GetParameters over HTTP: names that do not exist come back in `InvalidParameters`.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export async function ssmServer(parameters: Record<string, string> = {}): Promise<SsmServer> {
  const known = new Map(Object.entries(parameters));
  const calls: (readonly string[])[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { Name, Names = [Name], WithDecryption } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    calls.push(Names);
    const found = Names.filter((name: string) => known.has(name));
    const single = request.headers["x-amz-target"] === "AmazonSSM.GetParameter";
    const entries = found.map((name: string) => ({
      Name: name,
      ...(isPlain.test(name)
        ? { Type: "String", Value: known.get(name) }
        : { Type: "SecureString", Value: WithDecryption ? known.get(name) : `AQICAH-encrypted-${name}` }),
      Version: 1,
    }));
    const missing = single && entries.length === 0;
    response.writeHead(missing ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    if (missing) response.end(JSON.stringify({ __type: "ParameterNotFound" }));
    else if (single) response.end(JSON.stringify({ Parameter: entries[0] }));
    else
      response.end(
        JSON.stringify({ Parameters: entries, InvalidParameters: Names.filter((name: string) => !known.has(name)) }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters: known,
    calls,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
