import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { readConfig } from "../../lib/core/config/read-config.ts";
import { DayflyStack } from "../../lib/stack/stack.ts";

export const small = `
stack: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b], alarmEmail: ops@example.com, dailyBudget: 20 }
forges: [{ name: home, kind: gitea, url: https://git.example.com, token: /dayfly/home/token, secret: /dayfly/home/secret, previousSecret: /dayfly/home/old }]
profiles: [{ name: small, labels: [ubuntu-latest], types: [c7g.large, m7g.large] }]
`;

/** The same with two grants. */
export const granting = `${small}
grants:
  - { name: push-shop, to: { ecr: [shop], s3: [acme-releases] }, from: { repo: acme/shop, refs: [main] }, minutes: 30 }
  - { name: purge, to: { cloudfront: [E2EXAMPLE1234] }, from: { repo: acme/shop, refs: [main] } }
`;

/** The same with deploys to an instance and to a host elsewhere. */
export const whole = `${granting}
targets: [{ name: web1, id: i-0123456789abcdef0 }, { name: edge1, id: mi-0123456789abcdef0 }]
apps: [{ name: shop, image: registry.example.com/shop, health: "http://127.0.0.1:8080/healthz" }, { name: pages, bundle: true }]
environments: [{ name: prod, app: shop, targets: [web1, edge1], from: { repo: acme/shop, refs: [main], events: [push] } }]
`;

/** All that a file can ask for at once. */
export const everything = readFileSync("test/stack/everything.yaml", "utf8");

/** The template of a dayfly.yaml. */
export function synth(text: string = small): Template {
  return Template.fromStack(stackOf(text));
}

export function stackOf(text: string, app: App = new App()): DayflyStack {
  const reading = readConfig("dayfly.yaml", text);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading.problems));
  return new DayflyStack(app, reading.file, { env: { region: reading.file.stack.region } });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

/** Resources of a type, by their logical id. */
export function resources(template: Template, type: string): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(template.findResources(type)) as [string, Resource][]);
}
