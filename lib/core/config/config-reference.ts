import * as z from "zod";
import { ConfigFile } from "./config-file.ts";

/** One key of dayfly.yaml, as its declaration says it. */
export interface ConfigKey {
  /** `profiles[].limits.minutes` */
  readonly path: string;
  readonly type: string;
  /** `required`, a default in YAML, or nothing. */
  readonly default: string;
  readonly text: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** JSON Schema of dayfly.yaml, with which editors complete and check it. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(ConfigFile, { io: "input" }), title: "dayfly.yaml" };
}

/** Every key in the declaration's order; with `key`, that one and what is below it. */
export function configKeys(key = ""): readonly ConfigKey[] {
  const all = walk(configJsonSchema() as JsonSchema, "");
  const wanted = key.replace(/\[\]/g, "");
  return all.filter(({ path }) => {
    const plain = path.replace(/\[\]/g, "");
    return wanted === "" || plain === wanted || plain.startsWith(`${wanted}.`);
  });
}

/** The page docs/reference/config.md. */
export function configReference(): string {
  const rows = configKeys().map(
    ({ path, type, default: preset, text }) => `| \`${path}\` | ${cell(type)} | ${cell(preset)} | ${cell(text)} |`,
  );
  return [
    "# dayfly.yaml",
    "",
    "Generated from `lib/core/config/config-file.ts`. Editors complete and check the file with this line on its top:",
    "",
    "```yaml",
    "# yaml-language-server: $schema=./docs/reference/dayfly.schema.json",
    "```",
    "",
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function walk(schema: JsonSchema, prefix: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const object = member.items?.properties ? member.items : member;
    const path = `${prefix}${name}${object === member ? "" : "[]"}`;
    const required = schema.required?.includes(name) ?? false;
    const key: ConfigKey = {
      path,
      type: typeOf(member),
      default: required
        ? "required"
        : member.default === undefined || member.properties
          ? ""
          : JSON.stringify(member.default),
      text: member.description ?? "",
    };
    return [key, ...walk(object, `${path}.`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => String(value)).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.items) return schema.items.properties ? "list" : `list of ${typeOf(schema.items)}`;
  if (schema.properties) return "keys below";
  if (schema.type === "integer" && schema.maximum !== undefined) return `${schema.minimum} to ${schema.maximum}`;
  return schema.type === "string" ? "text" : schema.type === "boolean" ? "true, false" : (schema.type ?? "any");
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|");
}
