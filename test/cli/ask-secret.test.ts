import { PassThrough } from "node:stream";
import { expect, it } from "@jest/globals";
import { askSecret } from "../../lib/cli/ask-secret.ts";

/** A terminal, or a pipe, and what it was told to do. */
function input(isTTY: boolean) {
  const raw: boolean[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, setRawMode: (mode: boolean) => void raw.push(mode) });
  return { stream: stream as unknown as NodeJS.ReadableStream & { isTTY: boolean }, feed: stream, raw };
}

it("takes what a person types without showing it, corrections included", async () => {
  const { stream, feed, raw } = input(true);
  const said: string[] = [];
  const asked = askSecret(stream, (text) => void said.push(text), "Paste it here");
  feed.write("s3x");
  feed.write("\u007fcret\rmore");

  expect(await asked).toBe("s3cret");
  expect(said).toEqual(["Paste it here: ", "\n"]);
  expect(raw).toEqual([true, false]);
});

it.each([
  { what: "Ctrl-C", typed: "s3\u0003" },
  { what: "an empty line", typed: "\r" },
])("takes $what for none", async ({ typed }) => {
  const { stream, feed } = input(true);
  const asked = askSecret(stream, () => undefined, "Paste it here");
  feed.write(typed);
  expect(await asked).toBeUndefined();
});

it("takes the first line of a pipe, and asks nothing", async () => {
  const { stream, feed } = input(false);
  const said: string[] = [];
  feed.end("s3cret\nrest\n");
  expect(await askSecret(stream, (text) => void said.push(text), "Paste it here")).toBe("s3cret");
  expect(said).toEqual([]);
});
