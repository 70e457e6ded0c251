import { describe, expect, it } from "@jest/globals";
import { remembered } from "../../lib/forges/remembered.ts";

const shop = { id: "1", name: "acme/shop" };

describe("what is said of a commit", () => {
  it("is asked for once in a repository, whatever the repository is called by then", async () => {
    const asked: string[] = [];
    const ask = remembered(async (repo, sha) => {
      asked.push(`${repo.id} ${sha}`);
      return `of ${sha}`;
    });

    const answers = [await ask(shop, "a"), await ask({ ...shop, name: "acme/moved" }, "a"), await ask(shop, "b")];
    await ask({ id: "2", name: "acme/shop" }, "a");

    expect(answers).toEqual(["of a", "of a", "of b"]);
    expect(asked).toEqual(["1 a", "1 b", "2 a"]);
  });

  it("is asked for again while there is no such commit, and after a failure", async () => {
    const said = [undefined, new Error("down"), "there"];
    const ask = remembered(async () => {
      const next = said.shift();
      if (next instanceof Error) throw next;
      return next;
    });

    expect(await ask(shop, "a")).toBeUndefined();
    await expect(ask(shop, "a")).rejects.toThrow("down");
    expect(await ask(shop, "a")).toBe("there");
    expect(await ask(shop, "a")).toBe("there");
  });
});
