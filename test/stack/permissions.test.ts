import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { summary } from "./summary.ts";
import { everything, resources, synth, whole } from "./synth.ts";

const template = synth(whole);
const all = synth(everything);

/** If this one is red: run UPDATE=1 npm test -- stack/permissions, read every line that changed, and commit it. */
describe("what exists and who may do what", () => {
  it.each([
    { of: "a usual file", from: template, golden: "test/stack/permissions.golden.txt" },
    { of: "a file that asks for everything", from: all, golden: "test/stack/everything.golden.txt" },
  ])("is what was reviewed: $of", ({ from, golden }) => {
    const found = summary(from.toJSON().Resources);
    if (process.env.UPDATE === "1") writeFileSync(golden, found);
    expect(found).toBe(readFileSync(golden, "utf8"));
  });
});

/** Actions whose service knows no resources, or whose resource has no name before the call. */
const argued: Readonly<Record<string, string>> = {
  "ec2:DescribeInstances": "EC2's describe calls know no resources",
  "ssm:GetCommandInvocation": "Run Command's questions know no resources; no output of ours holds a secret",
  "ssm:ListCommands": "Run Command's questions know no resources; no output of ours holds a secret",
  "ecr:GetAuthorizationToken": "a log-in is for the whole registry; it opens only the repositories that the role names",
};

/** Resources with a star, and why. */
const unnamed = "EC2 gives it its name in the call; template, tag and condition hold it";
const arguedPatterns: Readonly<Record<string, string>> = {
  "instance/*": "ended only with our stack's tag, started only by our templates",
  "volume/*": unnamed,
  "network-interface/*": unnamed,
  "spot-instances-request/*": unnamed,
  "fleet/*": unnamed,
  "image/*": "an image's id changes with each build",
  "snapshot/*": "what an image is made of",
  "parameter/dayfly/targets/*":
    "secrets that are there for targets alone, which the host names when it logs in to a registry",
  "bundles/*": "bundles are named by app and SHA-256, all of them ours to give and to read",
  "acme-releases/*": "a grant of dayfly.yaml opens a bucket with all that lies in it",
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const agent = ["ec2messages:", "ssmmessages:", "ssm:UpdateInstanceInformation"];

const statementsOf = (from: typeof template) =>
  ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]
    .flatMap((type) => [...resources(from, type).values()])
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
const statements = [template, all].flatMap(statementsOf);

describe("rights", () => {
  it("are on every resource only where that is argued", () => {
    const everything = statements
      .filter(({ Effect, Resource }) => Effect === "Allow" && [Resource].flat().includes("*"))
      .flatMap(({ Action }) => [Action].flat());
    const ofAgents = (action: string) => agent.some((beginning) => action.startsWith(beginning));
    expect(everything.filter((action) => argued[action] === undefined && !ofAgents(action))).toEqual([]);
  });

  it("are on many resources at once only where that is argued", () => {
    const wide = statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Resource }) => [Resource].flat().map((one) => JSON.stringify(one)))
      .filter((resource) => resource !== '"*"' && resource.includes("*"))
      .map((resource) => /([\w-]+\/(?:[\w-]+\/)*\*)"/.exec(resource)?.[1] ?? resource)
      // The second stack's name.
      .map((pattern) => pattern.replace("/everything/", "/dayfly/"));
    expect([...new Set(wide)].sort()).toEqual(Object.keys(arguedPatterns).sort());
  });

  it("name each action: no wildcard", () => {
    const actions = statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => [Action].flat());
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });

  it("6-03 of a machine are three calls of the runner API, and nothing else", () => {
    const machine = [...resources(template, "AWS::IAM::Policy")].filter(([id]) => id.startsWith("RunnerRole"));
    expect(machine).toHaveLength(1);
    const rights = (machine[0]![1].Properties.PolicyDocument as { Statement: Statement[] }).Statement;
    expect(rights.map(({ Action }) => Action)).toEqual(["execute-api:Invoke"]);
    expect(JSON.stringify(rights)).toMatch(/POST\/runner\/claim.*POST\/runner\/exit.*POST\/runner\/command/);
    expect(JSON.stringify(rights)).not.toContain("*");
  });

  it("of a machine can be taken by EC2 alone: another caller could choose a session named like an instance", () => {
    const role = [...resources(template, "AWS::IAM::Role")].find(([id]) => id.startsWith("RunnerRole"))?.[1];
    expect(role?.Properties.AssumeRolePolicyDocument).toEqual({
      Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } }],
      Version: "2012-10-17",
    });
  });

  it("1-19 1-20 of a grant can be taken by the runner API alone, which may take nothing else", () => {
    const roles = [...resources(template, "AWS::IAM::Role")];
    const api = roles.find(([id]) => id.startsWith("RunnerApiRole"))?.[0] ?? "";
    const grants = roles.filter(([id]) => id.includes("Grant"));
    expect(grants).toHaveLength(2);
    for (const [, { Properties }] of grants) {
      expect(Properties.AssumeRolePolicyDocument).toMatchObject({
        Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { AWS: { "Fn::GetAtt": [api, "Arn"] } } }],
      });
    }
    const assuming = statementsOf(template).filter(({ Action }) => [Action].flat().includes("sts:AssumeRole"));
    expect(assuming.map(({ Resource }) => Resource)).toEqual([grants.map(([id]) => ({ "Fn::GetAtt": [id, "Arn"] }))]);
  });

  it("1-19 are asked for at a route that is there only where the file has grants", () => {
    const keys = (from: typeof template) =>
      [...resources(from, "AWS::ApiGatewayV2::Route").values()].map(({ Properties }) => Properties.RouteKey);
    expect(keys(template)).toContain("POST /runner/credentials");
    expect(keys(synth())).not.toContain("POST /runner/credentials");
  });

  it("5-13 of a debugging machine read no parameter, and belong to that profile alone", () => {
    const debugging = synth(`
stack: { region: eu-central-1, zones: [eu-central-1a] }
forges: [{ name: home, kind: gitea, url: https://git.example.com, token: /t, secret: /s }]
profiles:
  - { name: usual, labels: [a], types: [c7g.large] }
  - { name: open, labels: [b], types: [c7g.large], debug: { minutes: 10 } }
`);
    const policy = [...resources(debugging, "AWS::IAM::Policy")].find(([id]) => id.startsWith("DebugRunnerRole"))?.[1];
    expect(JSON.stringify(policy)).toContain('{"Action":"ssm:GetParameter*","Effect":"Deny","Resource":"*"}');
    const templates = [...resources(debugging, "AWS::EC2::LaunchTemplate")].map(([id, { Properties }]) => {
      return [id.slice(0, 12), JSON.stringify(Properties).includes("DebugRunnerProfile")];
    });
    expect(templates).toEqual([
      ["Profileusual", false],
      ["ProfileopenT", true],
    ]);
  });
});
