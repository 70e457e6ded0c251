import { describe, expect, it } from "@jest/globals";
import { pageOver } from "./dashboard-world.ts";
import { decided, finishedRun, queuedRun, runningRun } from "./samples.ts";

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;\u202e{{x}}\${x}`;

/** Words of the program, which are compared and never free text. */
const ours = new Set(["key", "status", "conclusion", "decision", "from", "to", "event", "version"]);

/** Every text of others replaced by one that tries to break out. */
function poison<T>(value: T, name = ""): T {
  if (typeof value === "string")
    return (ours.has(name) ? value : name === "ref" ? `refs/heads/${hostile}` : hostile) as T;
  if (Array.isArray(value)) return value.map((item) => poison(item, name)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poison(item, key)])) as T;
}

/** The document's elements and attribute names, in order: what a text may never change. */
function skeleton(html: string): string[] {
  return [...html.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replace(/="[^"]*"/g, ""));
}

describe("text of others never becomes markup", () => {
  const run = { ...runningRun({ key: "k1", needs: [{ key: "k2", job: "x" }], rerunOf: "k3" }) };
  const ended = finishedRun({ key: "k1", outputs: { version: "1" } } as object);

  it.each([
    { path: "/", plain: { runs: [run, queuedRun({ key: "k4" })] } },
    { path: "/runs/k1", plain: { runs: [run], log: "hello\n" } },
    { path: "/runs/k1", plain: { runs: [ended], log: "hello\n" } },
    { path: "/pushes", plain: { decisions: [decided({ compared: { kind: "differed", text: "x" } })] } },
  ])("$path keeps its shape ($#)", async ({ path, plain }) => {
    const before = await (await pageOver(plain).ask(path)).text();
    const after = await (
      await pageOver({ ...poison(plain), ...("log" in plain ? { log: `${hostile}\n` } : {}) }).ask(path)
    ).text();
    expect(after).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(after).not.toContain("<script>alert");
    expect(skeleton(after)).toEqual(skeleton(before));
  });

  it("sends a log over the event stream as one JSON string, whatever stands in it", async () => {
    const log = `a\n\nevent: view\ndata: {}\n\n${hostile}\r\nb`;
    const answer = await pageOver({ runs: [run], log }).ask("/runs/k1/events?from=0");
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: log")) text += (await reader.read()).value ?? "";
    await reader.cancel();
    const line = text.split("\n").find((part) => part.startsWith('data: "'));
    expect(JSON.parse(line!.slice("data: ".length))).toBe(log);
    expect(text.match(/^event: view$/gm)).toHaveLength(1);
  });
});
