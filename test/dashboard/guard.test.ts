import { describe, expect, it } from "@jest/globals";
import { pageOver } from "./dashboard-world.ts";
import { finishedRun, queuedRun } from "./samples.ts";

describe("headers", () => {
  const runs = [finishedRun({ key: "k1" })];
  const paths = ["/", "/pushes", "/runs/k1", "/runs/k1/log", "/api/runs", "/events", "/assets/page.js", "/nowhere"];

  it.each(paths)("lets %s load and run only what this server sends", async (path) => {
    const answer = await pageOver({ runs }).ask(path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    await answer.body?.cancel();
  });

  it("has no inline script, style or handler", async () => {
    const text = await (await pageOver({ runs }).ask("/runs/k1")).text();
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/i);
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});

describe("the name in the Host header", () => {
  it.each([
    { host: "localhost:4321", status: 200 },
    { host: "127.0.0.1:4321", status: 200 },
    { host: "[::1]:4321", status: 200 },
    { host: "LOCALHOST", status: 200 },
    { host: "build.example", status: 200 },
    { host: "evil.example:4321", status: 421 },
    { host: "localhost.evil.example", status: 421 },
    { host: "127.0.0.1.evil.example", status: 421 },
    { host: "", status: 421 },
  ])("$host → $status", async ({ host, status }) => {
    const answer = await pageOver({}, ["build.example"]).ask("/", { headers: { host } });
    expect(answer.status).toBe(status);
  });
});

describe("who may press a button", () => {
  it.each([
    { says: "this page", headers: { "sec-fetch-site": "same-origin" }, status: 303 },
    { says: "this page in an old browser", headers: { origin: "http://127.0.0.1:4321" }, status: 303 },
    { says: "another site", headers: { "sec-fetch-site": "cross-site", origin: "http://127.0.0.1:4321" }, status: 403 },
    { says: "another port of this computer", headers: { "sec-fetch-site": "same-site" }, status: 403 },
    { says: "another site in an old browser", headers: { origin: "https://evil.example" }, status: 403 },
    { says: "a sandboxed frame", headers: { origin: "null" }, status: 403 },
    { says: "nobody", headers: {}, status: 403 },
  ])("$says gets $status", async ({ headers, status }) => {
    const { ask, shown } = pageOver({ runs: [queuedRun({ key: "k1" })] });
    const sent: Record<string, string> = headers as Record<string, string>;
    expect((await ask("/runs/k1/cancel", { method: "POST", headers: sent })).status).toBe(status);
    expect(shown.cancelled).toEqual(status === 303 ? ["k1"] : []);
  });
});
