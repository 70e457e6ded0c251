import { describe, expect, it } from "@jest/globals";
import { pageOver } from "./dashboard-world.ts";
import { finishedRun, runningRun } from "./samples.ts";

interface Sent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** The events of a stream, one by one, as a browser reads them. */
async function* eventsOf(answer: Response): AsyncGenerator<Sent> {
  let text = "";
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const fields = text
        .slice(0, end)
        .split("\n")
        .map((line) => line.split(/: (.*)/s) as [string, string]);
      text = text.slice(end + 2);
      yield Object.fromEntries(fields) as unknown as Sent;
    }
  }
}

async function next(events: AsyncGenerator<Sent>): Promise<Sent> {
  const { value } = await events.next();
  return value;
}

describe("a live page", () => {
  it("is sent again when a run changes, and only then", async () => {
    const { ask, shown } = pageOver({ runs: [runningRun({ key: "k1" })] });
    const events = eventsOf(await ask("/events"));
    expect(JSON.parse((await next(events)).data)).toMatchObject({ title: "(1) Runs", status: "1 running" });
    shown.runs = [finishedRun({ key: "k1" })];
    expect(JSON.parse((await next(events)).data)).toMatchObject({ title: "Runs", status: "1 succeeded" });
    await events.return(undefined);
  });

  it("sends what a log has gained, from the place where the page stopped", async () => {
    const { ask, shown } = pageOver({ runs: [runningRun({ key: "k1" })], log: "one\n" });
    const events = eventsOf(await ask("/runs/k1/events?from=4"));
    expect((await next(events)).event).toBe("view");
    shown.log += "two\n";
    expect(await next(events)).toMatchObject({ event: "log", data: '"two\\n"', id: "8" });
    await events.return(undefined);
  });

  it("goes on after the last event that a reconnecting browser has seen", async () => {
    const { ask } = pageOver({ runs: [runningRun({ key: "k1" })], log: "one\ntwo\n" });
    const events = eventsOf(await ask("/runs/k1/events?from=0", { headers: { "last-event-id": "4" } }));
    expect((await next(events)).event).toBe("view");
    expect((await next(events)).data).toBe('"two\\n"');
    await events.return(undefined);
  });

  it("refuses more than 64 streams at a time, and takes new ones when some have ended", async () => {
    const { ask } = pageOver();
    const open = await Promise.all(Array.from({ length: 64 }, () => ask("/events")));
    expect((await ask("/events")).status).toBe(503);
    for (const answer of open) await answer.body?.cancel();
    const again = await ask("/events");
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });
});
