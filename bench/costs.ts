import { readFileSync, writeFileSync } from "node:fs";
import { costPage } from "./cost-page.ts";

/** `node scripts/run.mjs bench/costs.ts`: writes docs/costs.md. */
const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));
writeFileSync("docs/costs.md", costPage(read("bench/aws-calls.json"), read("bench/aws-prices.json")));
