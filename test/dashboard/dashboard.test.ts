import { describe, expect, it } from "@jest/globals";
import { pageOver } from "./dashboard-world.ts";
import { decided, finishedRun, queuedRun, runningRun } from "./samples.ts";

describe("what the page shows", () => {
  it("shows a run with its status, its reason and its labels", async () => {
    const { ask } = pageOver({ runs: [finishedRun()] });
    const text = await (await ask("/")).text();
    expect(text).toContain("succeeded");
    expect(text).toContain("the job ended: success");
    expect(text).toContain("ubuntu-latest");
    expect(text).toContain("2.8 s");
  });

  it("6-05 shows for an open run why it stands there and what happens next", async () => {
    const reason = { code: "no-capacity", text: "20 machines of this profile are busy", file: "a.yml", line: 3 };
    const { ask } = pageOver({ runs: [queuedRun({ key: "k1", reason, nextAction: "ask for a machine" })] });
    const text = await (await ask("/runs/k1")).text();
    expect(text).toContain("20 machines of this profile are busy");
    expect(text).toContain("Next: <bdi>ask for a machine</bdi>");
    expect(text).toContain("a.yml:3");
  });

  it("keeps the runs of one push together, the newest push first", async () => {
    const runs = [
      queuedRun({ key: "n1", pushId: "2" }),
      queuedRun({ key: "o1", pushId: "1" }),
      queuedRun({ key: "n2", pushId: "2" }),
    ];
    const text = await (await pageOver({ runs }).ask("/")).text();
    expect([...text.matchAll(/id="run-(..)"/g)].map(([, key]) => key)).toEqual(["n1", "n2", "o1"]);
  });

  it("1-03 shows for every workflow of a push whether it runs, and the line that decided", async () => {
    const text = await (await pageOver({ decisions: [decided()] }).ask("/pushes")).text();
    expect(text).toContain("no changed file matches paths: [docs/**]");
    expect(text).toContain("line 5 of .github/workflows/docs.yml");
  });

  it.each([
    { kind: "agreed", text: "the forge made 1 job, as planned" },
    { kind: "differed", text: "the forge told of no job build" },
  ] as const)("shows below a push that the forge $kind, and in what", async (compared) => {
    const text = await (await pageOver({ decisions: [decided({ compared })] }).ask("/pushes")).text();
    expect(text).toContain(compared.text);
    expect(text).toContain(compared.kind);
    expect(await (await pageOver({ decisions: [decided()] }).ask("/pushes")).text()).not.toContain("as planned");
  });

  it("shows the end of a long log and links to the whole", async () => {
    const log = `first\n${"x".repeat(300_000)}\nlast\n`;
    const { ask } = pageOver({ runs: [runningRun({ key: "k1" })], log });
    const text = await (await ask("/runs/k1")).text();
    expect(text).toContain("last\n</span></pre>");
    expect(text).not.toContain("first");
    expect(await (await ask("/runs/k1/log")).text()).toBe(log);
  });

  it("says what to do while there is nothing to show", async () => {
    const { ask } = pageOver();
    expect(await (await ask("/")).text()).toContain("Push a commit");
    expect(await (await ask("/pushes")).text()).toContain("No pushes yet");
  });

  it("hands out runs and pushes as JSON", async () => {
    const { ask } = pageOver({ runs: [finishedRun({ key: "k1" })], decisions: [decided()] });
    expect(await (await ask("/api/runs")).json()).toMatchObject({ runs: [{ key: "k1", status: "completed" }] });
    expect(await (await ask("/api/runs/k1")).json()).toMatchObject({ run: { key: "k1" } });
    expect(await (await ask("/api/pushes")).json()).toMatchObject({ pushes: [{ pushId: "12" }] });
  });

  it.each([
    "/runs/none",
    "/runs/none/log",
    "/runs/none/events",
    "/api/runs/none",
    "/elsewhere",
    "/assets/none.js",
    "/assets/constructor",
    "/assets/..%2fpage.ts",
  ])("answers 404 to %s", async (path) => expect((await pageOver().ask(path)).status).toBe(404));
});

describe("asking for something", () => {
  const own = { "sec-fetch-site": "same-origin" };

  it("cancels a run and goes back to it", async () => {
    const { ask, shown } = pageOver({ runs: [queuedRun({ key: "k1" })] });
    const answer = await ask("/runs/k1/cancel", { method: "POST", headers: own });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/runs/k1"]);
    expect(shown.cancelled).toEqual(["k1"]);
  });

  it("says why a run cannot be run again", async () => {
    const answer = await pageOver({ runs: [finishedRun({ key: "k1" })] }).ask("/runs/k1/retry", {
      method: "POST",
      headers: own,
    });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("Its commit is gone.");
  });

  it("changes nothing on GET", async () => {
    const { ask, shown } = pageOver({ runs: [queuedRun({ key: "k1" })] });
    expect((await ask("/runs/k1/cancel")).status).toBe(404);
    expect(shown.cancelled).toEqual([]);
  });
});
