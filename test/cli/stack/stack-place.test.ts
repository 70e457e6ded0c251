import { describe, expect, it } from "@jest/globals";
import { dayfly } from "../command-line.ts";

describe("naming a stack", () => {
  it.each([
    { argv: ["runs", "--region", "eu-central-1"], says: "--region says where a stack is, but none is named" },
    { argv: ["runs", "--stack", ""], says: '"" is no stack' },
    { argv: ["runs", "--stack", "$(id)"], says: '"$(id)" is no stack' },
    { argv: ["runs", "--table", "a b"], says: '"a b" is no table' },
    { argv: ["runs", "--stack", "dayfly", "--region", "eu-central-1; id"], says: '"eu-central-1; id" is no region' },
    { argv: ["dashboard", "--stack", "dayfly", "--region", "Frankfurt"], says: '"Frankfurt" is no region' },
    { argv: ["dashboard"], says: "whose page?" },
    { argv: ["dashboard", "--stack", "dayfly", "--port", "99999"], says: '"99999" is no port' },
  ])("$argv is no usage: $says", async ({ argv, says }) => {
    expect(await dayfly(argv)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });
});
