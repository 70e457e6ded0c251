import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { pageOver, type Shown } from "../dashboard/dashboard-world.ts";
import { decided, finishedRun, noon, queuedRun, runningRun } from "../dashboard/samples.ts";
import { openBrowser, watchedPage } from "./browser.ts";

let browser: Browser;
let url = "";
let shown: Shown;
let close = () => {};

beforeAll(async () => {
  browser = await openBrowser();
  const page = pageOver();
  shown = page.shown;
  const server = createAdaptorServer({ fetch: page.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  };
});

afterAll(async () => {
  await browser?.close();
  close();
});

describe.each([
  { name: "desktop", viewport: { width: 1280, height: 800 } },
  { name: "phone", viewport: { width: 390, height: 844 } },
])("on a $name", ({ viewport }) => {
  it.each(["/", "/pushes", "/runs/k1", "/runs/none"])(
    "%s loads without a complaint and without scrolling sideways",
    async (path) => {
      const name = `a very long name without a place to break: ${"x".repeat(200)}`;
      shown.runs = [runningRun({ key: "k1", jobName: name }), finishedRun({ key: "k2" })];
      shown.decisions = [decided({ ref: `refs/heads/${"y".repeat(200)}` })];
      shown.log = `2026-06-01T12:00:00.000Z ${"z".repeat(2000)}\n`;
      const { page, complaints } = await watchedPage(browser, url + path, { viewport });
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(wide).toBe(0);
      // A page that is not there is told by its status, which the console repeats.
      expect(complaints.filter((text) => !(path === "/runs/none" && text.includes("404")))).toEqual([]);
      await page.close();
    },
  );
});

describe("a page that stays open", () => {
  it("shows a run's end by itself, and keeps the focus where it was", async () => {
    shown.runs = [queuedRun({ key: "k1" }), runningRun({ key: "k2", jobName: "second" })];
    const { page, complaints } = await watchedPage(browser, url);
    await page.focus("#run-k2 a");
    shown.runs = [
      queuedRun({ key: "k0", pushId: "13", jobName: "newest" }),
      queuedRun({ key: "k1" }),
      finishedRun({ key: "k2", jobName: "second" }),
    ];
    await page.waitForSelector("#run-k2 >> text=succeeded");
    await page.waitForSelector("#run-k0 >> text=newest");
    expect(await page.evaluate("document.activeElement.closest('li').id")).toBe("run-k2");
    expect(await page.title()).toBe("(2) Runs · Dayfly");
    expect(await page.textContent("#status")).toContain("1 succeeded");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("adds to a log while it is written, with the time of each line, as text", async () => {
    shown.runs = [runningRun({ key: "k1" })];
    shown.log = "2026-06-01T12:00:01.000Z one\n";
    const { page, complaints } = await watchedPage(browser, `${url}/runs/k1`);
    shown.log += "2026-06-01T12:00:02.500Z <img src=x onerror=alert(1)>\n";
    await page.waitForSelector("#log >> text=onerror");
    expect(await page.textContent("#log")).toBe("+1.0 sone\n+2.5 s<img src=x onerror=alert(1)>\n");
    expect(await page.locator("#log img").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("keeps opened details open", async () => {
    shown.decisions = [decided()];
    const { page } = await watchedPage(browser, `${url}/pushes`);
    await page.click("summary");
    shown.decisions = [decided({ pushId: "13", at: noon + 1000 }), decided()];
    await page.waitForSelector("#push-13");
    expect(await page.locator("#push-12 details[open]").count()).toBe(1);
    await page.close();
  });

  it("says that it is live", async () => {
    const { page } = await watchedPage(browser, url);
    await page.waitForSelector("#link:has-text('Live')");
    await page.close();
  });
});

describe("by keyboard", () => {
  it("goes from the top to a run, and cancels it, with a visible focus", async () => {
    shown.runs = [queuedRun({ key: "k1" })];
    shown.cancelled = [];
    const { page, complaints } = await watchedPage(browser, url);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    for (let steps = 0; steps < 3 && !(await page.evaluate("document.activeElement.matches('.row')")); steps++) {
      await page.keyboard.press("Tab");
    }
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/runs/k1", { waitUntil: "load" });
    const answered = page.waitForResponse((response) => response.url().endsWith("/cancel"));
    await page.locator("button").press("Enter");
    expect((await answered).status()).toBe(303);
    expect(shown.cancelled).toEqual(["k1"]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
