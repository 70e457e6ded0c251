import base from "./jest.config.mjs";

/** Run by scripts/test-aws.mjs, which starts what these suites talk to. */
/** @type {import("jest").Config} */
export default {
  ...base,
  testMatch: ["<rootDir>/test/aws-wire/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  // They share one DynamoDB and count real seconds.
  maxWorkers: 1,
};
