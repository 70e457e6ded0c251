import { describe, expect, it } from "@jest/globals";
import { type Resources, summary } from "./summary.ts";
import { everything, synth } from "./synth.ts";

const template = synth(everything).toJSON() as { Resources: Resources };

interface Statement {
  Effect: string;
  Action: unknown;
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

/** Ways to give away more than a statement does. */
const widenings: Readonly<Record<string, (statement: Statement) => Statement | undefined>> = {
  "every action": (statement) => ({ ...statement, Action: "*" }),
  "one action more": (statement) => ({ ...statement, Action: [statement.Action, "iam:PassRole"].flat() }),
  "every resource": (statement) =>
    statement.Resource === undefined || statement.Resource === "*" ? undefined : { ...statement, Resource: "*" },
  "one resource more": (statement) =>
    statement.Resource === undefined
      ? undefined
      : { ...statement, Resource: [statement.Resource, "arn:aws:s3:::*"].flat() },
  "no condition": ({ Condition, ...statement }) => (Condition === undefined ? undefined : statement),
  everybody: (statement) =>
    statement.Principal === undefined || statement.Effect === "Deny"
      ? undefined
      : { ...statement, Principal: { AWS: "*" } },
  "allowed instead of denied": (statement) =>
    statement.Effect === "Deny" ? { ...statement, Effect: "Allow" } : undefined,
};

/** Where each list of statements of the template stands. */
function statementLists(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "Statement" && Array.isArray(member) ? [[...path, key]] : statementLists(member, [...path, key]),
  );
}

function statementsAt(from: unknown, path: readonly string[]): Statement[] {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], from) as Statement[];
}

const lists = statementLists(template.Resources);
const places = lists.flatMap((path) =>
  statementsAt(template.Resources, path).map((_, place) => ({
    where: `${path[0]} ${path.at(-2)} ${place}`,
    path,
    place,
  })),
);

describe("rights that are widened by hand", () => {
  const reviewed = summary(template.Resources);

  it("are looked for in every statement of every policy", () => {
    expect(places.length).toBeGreaterThan(80);
  });

  it.each(places)("change the page that is reviewed: $where", ({ path, place }) => {
    const unseen: string[] = [];
    for (const [name, widen] of Object.entries(widenings)) {
      const copy = structuredClone(template);
      const statements = statementsAt(copy.Resources, path);
      const widened = widen(statements[place] as Statement);
      if (!widened) continue;
      statements[place] = widened;
      if (summary(copy.Resources) === reviewed) unseen.push(name);
    }
    expect(unseen).toEqual([]);
  });

  it.each([
    {
      edit: "a managed policy",
      type: "AWS::IAM::Role",
      change: { ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
    },
    { edit: "a function that anybody calls", type: "AWS::Lambda::Permission", change: { Principal: "*" } },
    { edit: "a function that any rule calls", type: "AWS::Lambda::Permission", change: { SourceArn: "*" } },
    { edit: "a bucket that may be public", type: "AWS::S3::Bucket", change: { PublicAccessBlockConfiguration: {} } },
    { edit: "a policy that no role has", type: "AWS::IAM::Policy", change: { Roles: [] } },
  ])("change the page that is reviewed: $edit", ({ type, change }) => {
    for (const id of Object.keys(template.Resources)) {
      const copy = structuredClone(template);
      const edited = copy.Resources[id];
      if (edited?.Type !== type) continue;
      Object.assign(edited.Properties, change);
      expect(summary(copy.Resources)).not.toBe(reviewed);
    }
  });
});
