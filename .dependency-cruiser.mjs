/**
 * Who may import whom. Each comment says what to do instead.
 * A folder is named after the one part of the world that it may touch.
 */
const inside = (...folders) => `^(${folders.join("|")})(/|$)`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "core-is-pure",
      comment: "lib/core imports only itself and pure packages. Pass what it needs as an argument.",
      severity: "error",
      from: { path: inside("lib/core") },
      to: {
        // node:crypto is here for createHash alone, a pure function; nothing random is taken from it.
        pathNot: [
          inside("lib/core"),
          "node_modules/(yaml|zod|minimatch|@actions/expressions|fastest-levenshtein)/",
          "^(node:)?crypto$",
        ],
      },
    },
    {
      name: "app-knows-ports-only",
      comment: "lib/app reaches the world through lib/core/ports.ts. Add a port method, not an import.",
      severity: "error",
      from: { path: inside("lib/app") },
      to: { pathNot: [inside("lib/core", "lib/app")] },
    },
    {
      name: "dashboard-is-a-function",
      comment: "lib/dashboard turns data into HTML. Its data comes as arguments.",
      severity: "error",
      from: { path: inside("lib/dashboard") },
      to: { pathNot: [inside("lib/core", "lib/dashboard"), "node_modules/hono/"] },
    },
    {
      name: "adapters-do-not-meet",
      comment: "An adapter never imports another one. What both need belongs to lib/core.",
      severity: "error",
      from: { path: "^lib/(aws|forges|local)/" },
      to: { path: "^lib/(aws|forges|local|cli|stack)/", pathNot: "^lib/$1/" },
    },
    {
      name: "lambdas-stay-small",
      comment: "A Lambda never reaches the CDK, the command line or the local world.",
      severity: "error",
      from: { path: "^lambdas/" },
      to: { path: ["^lib/(stack|cli|local)/", "node_modules/(aws-cdk-lib|constructs|libsql|commander)/"] },
    },
    {
      name: "worlds-compose",
      comment: "Only world files and entries know adapters. Take a World instead.",
      severity: "error",
      from: { path: "^(lib/cli|lambdas)/", pathNot: "(^lib/cli/world/|^lambdas/[a-z-]*world)[a-z-]*\\.ts$" },
      to: { path: "^lib/(aws|forges|local)/" },
    },
    {
      name: "stack-is-a-template",
      comment: "lib/stack describes resources; only bin/stack.ts and tests import it.",
      severity: "error",
      from: { path: "^(lib/(core|app|cli|local|aws|forges|dashboard)|lambdas|bin/dayfly)" },
      to: { path: ["^lib/stack/", "node_modules/(aws-cdk-lib|constructs)/"] },
    },
    {
      name: "nothing-imports-tests",
      comment: "Move what is shared into lib.",
      severity: "error",
      from: { path: "^(bin|lib|lambdas)/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-cycles",
      comment: "Break the circle: extract what both need.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};
