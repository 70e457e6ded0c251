import { afterAll } from "@jest/globals";
import { proveMatrix } from "../contract.ts";
import { enrolmentContract } from "./enrolment-contract.ts";
import { jobForgeContract } from "./forge-contract.ts";
import { gitBenches } from "./git-bench.ts";
import { giteaBenches } from "./gitea-bench.ts";
import { githubBenches } from "./github-bench.ts";
import { sourceContract } from "./source-contract.ts";

// Set by npm run test:gitea: then only that server is asked, and its tape is written anew.
const only = process.env.GITEA_VERSION;
const recorded = ["1.25.4", "1.26.3"];

for (const version of only ? [only] : recorded) {
  const benches = await giteaBenches(new URL(`../../fixtures/gitea/contract-${version}.json`, import.meta.url));
  sourceContract(`gitea ${version}`, benches.make);
  enrolmentContract(`gitea ${version}`, benches.make);
  jobForgeContract(`gitea ${version}`, benches.make);
  afterAll(benches.finish);
}

const githubs = [
  { kind: "token", server: "github.com" },
  { kind: "app", server: "github.com" },
  { kind: "app", server: "enterprise" },
] as const;
const headAlone = "changedFiles of a new ref is what its head commit changed";
const notGithubs = [
  { promise: "workflowFiles reads more files than the forge hands over at once", reason: "one query hands over all" },
  { promise: headAlone, reason: "GitHub goes by the oldest commit of the push: test/forges/github.test.ts" },
  { promise: "changedFiles of a new ref is everything where its head is a root commit", reason: "likewise" },
  { promise: "changedFiles of a new ref is empty where its head is a merge", reason: "likewise" },
];
const appHook = { reason: "an App has one hook for all: test/forges/github.test.ts" };

if (!only) {
  for (const { kind, server } of githubs) {
    const benches = githubBenches(kind, server);
    const name = `github ${kind} ${server}`;
    sourceContract(name, benches.make, notGithubs);
    enrolmentContract(name, benches.make);
    jobForgeContract(
      name,
      benches.make,
      kind === "app"
        ? [
            { promise: "5-11 ensure creates our webhook once, and then finds it", ...appHook },
            { promise: "5-11 ensure keeps hooks of different addresses apart", ...appHook },
            { promise: "5-11 ensure with a new secret leaves one hook, signed with that", ...appHook },
            { promise: "5-11 test has the forge send something to the hook", ...appHook },
          ]
        : [],
    );
    afterAll(benches.finish);
  }

  const git = gitBenches();
  sourceContract("git", git.make, [
    {
      promise: "changedFiles of a new ref is everything where its head is a root commit",
      reason: "a commit without workflows goes by the base that the push noted: test/forges/git.test.ts",
    },
  ]);
  afterAll(git.finish);

  const names = [
    ...recorded.map((version) => `gitea ${version}`),
    ...githubs.map(({ kind, server }) => `github ${kind} ${server}`),
  ];
  proveMatrix({ Source: [...names, "git"], Enrolment: names, "Demand, Feedback, Hooks, Server, Switches": names });
}
