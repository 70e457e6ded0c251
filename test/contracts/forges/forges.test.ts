import { afterAll } from "@jest/globals";
import { proveMatrix } from "../contract.ts";
import { enrolmentContract } from "./enrolment-contract.ts";
import { jobForgeContract } from "./forge-contract.ts";
import { giteaBenches } from "./gitea-bench.ts";
import { sourceContract } from "./source-contract.ts";

// Set by npm run test:gitea: then only that server is asked, and its tape is written anew.
const only = process.env["GITEA_VERSION"];
const recorded = ["1.25.4", "1.26.3"];

for (const version of only ? [only] : recorded) {
  const benches = await giteaBenches(new URL(`../../fixtures/gitea/contract-${version}.json`, import.meta.url));
  sourceContract(`gitea ${version}`, benches.make);
  enrolmentContract(`gitea ${version}`, benches.make);
  jobForgeContract(`gitea ${version}`, benches.make);
  afterAll(benches.finish);
}
