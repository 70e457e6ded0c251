import { expect, it } from "@jest/globals";
import { rounds } from "../../lib/forges/rounds.ts";

it("looks at everything in passes of bounded cost, none twice before all were looked at", async () => {
  const turns = rounds();
  const seen: string[] = [];
  const one = async (item: string, spend: () => boolean): Promise<void> => {
    seen.push(item);
    spend();
    spend();
  };
  const items = ["a", "b", "c", "d", "e"];
  await turns.pass(items, 4, one);
  expect(seen).toEqual(["a", "b"]);
  await turns.pass(items, 4, one);
  await turns.pass(items, 4, one);
  expect(seen).toEqual(["a", "b", "c", "d", "e", "a"]);
});

it("looks at each item once where the cost allows it", async () => {
  const seen: string[] = [];
  await rounds().pass(["a", "b"], 100, async (item) => void seen.push(item));
  expect(seen).toEqual(["a", "b"]);
});

it("answers false to a spender that took all, within one item", async () => {
  const answers: boolean[] = [];
  await rounds().pass(["a"], 2, async (_item, spend) => {
    for (let times = 0; times < 3; times += 1) answers.push(spend());
  });
  expect(answers).toEqual([true, true, false]);
});
