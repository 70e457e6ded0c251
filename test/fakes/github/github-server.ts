import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type FakeGithub, fakeGithub } from "./fake-github.ts";

export interface GithubServer {
  readonly url: string;
  readonly fake: FakeGithub;
  /** Manifests that a browser has handed in, with the place that it did so at. */
  readonly manifests: readonly { readonly path: string; readonly manifest: Manifest }[];
  close(): Promise<void>;
}

interface Manifest extends Record<string, unknown> {
  readonly redirect_url: string;
}

const newAppPage = /^(\/settings\/apps\/new|\/organizations\/[^/]+\/settings\/apps\/new)$/;

/** The fake GitHub over real HTTP, as an Enterprise Server; with the page at which a browser makes an App from a manifest. */
export async function githubServer(): Promise<GithubServer> {
  // No repository is read.
  const fake = fakeGithub({} as never, { rest: "/api/v3", graphql: "/api/graphql", now: () => Date.now() });
  fake.state.installedVersion = "3.19.2";
  const manifests: { path: string; manifest: Manifest }[] = [];

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const body = await textOf(request);
    if (request.method === "POST" && newAppPage.test(pathname)) {
      const manifest = JSON.parse(new URLSearchParams(body).get("manifest") ?? "") as Manifest;
      manifests.push({ path: pathname, manifest });
      const back = new URL(manifest.redirect_url);
      const code = `code-${manifests.length}`;
      fake.state.codes.add(code);
      back.searchParams.set("code", code);
      back.searchParams.set("state", searchParams.get("state") ?? "");
      return void response.writeHead(302, { location: back.href }).end();
    }
    const answer = await fake.fetch(`http://localhost${request.url}`, {
      method: request.method ?? "GET",
      headers: { authorization: request.headers.authorization ?? "" },
      ...(body === "" ? {} : { body }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fake,
    manifests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
