import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const program = process.env.CHROMIUM || "/usr/bin/chromium";

/** A real browser. Not finding one is a failure: a test that does not look has not seen anything. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(program)) {
    throw new Error(`there is no browser at ${program}: install Debian's chromium, or name one in $CHROMIUM`);
  }
  // Containers run as root, where Chromium's own sandbox does not start; it only ever sees this page.
  return chromium.launch({ executablePath: program, args: ["--no-sandbox"], timeout: 180_000 });
}

/** A page, and everything it complained of: console errors, exceptions, violations of its content security policy. */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(180_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}
