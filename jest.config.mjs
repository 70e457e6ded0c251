import { availableParallelism } from "node:os";

/** @type {import("jest").Config} */
export default {
  // Jest leaves one core for itself: on a computer with two of them, half of it would idle.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testEnvironment: "node",
  globalSetup: "<rootDir>/test/own-temp-folder.mjs",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
  // Only a watchdog: a slow machine is no failure.
  testTimeout: 600_000,
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // Suites that need a tool of their own run by their own script (test:aws, test:docker, …), never by `npm test`.
  testPathIgnorePatterns: [
    "/node_modules/",
    "/test/aws-wire/",
    "/test/docker/",
    "/test/browser/",
    "/test/e2e/",
    "/test/gitea/",
  ],
  modulePathIgnorePatterns: ["<rootDir>/cdk.out"],
};
