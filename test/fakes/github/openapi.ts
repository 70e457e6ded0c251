import { readFileSync } from "node:fs";

/** The part of JSON Schema that GitHub's description uses. */
export interface JsonShape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, JsonShape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonShape;
  readonly items?: JsonShape;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly JsonShape[];
  readonly anyOf?: readonly JsonShape[];
  readonly allOf?: readonly JsonShape[];
  readonly format?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Operation {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema?: JsonShape }[];
  readonly body?: JsonShape;
  readonly bodyRequired?: boolean;
  /** Status → shape; null where there is no body. */
  readonly answers: Readonly<Record<string, JsonShape | null>>;
}

interface Slice {
  readonly operations: Readonly<Record<string, Omit<Operation, "name">>>;
  readonly schemas: Readonly<Record<string, JsonShape>>;
}

const slice = JSON.parse(readFileSync(new URL("../../fixtures/github/openapi.json", import.meta.url), "utf8")) as Slice;

export const operationNames: readonly string[] = Object.keys(slice.operations);

/** The operation that a request is, and what its path says; undefined where GitHub describes none. */
export function operationOf(
  method: string,
  path: string,
): { operation: Operation; params: Readonly<Record<string, string>> } | undefined {
  for (const [name, operation] of Object.entries(slice.operations)) {
    const [known, template = ""] = name.split(" ");
    const params = known === method ? match(template, path) : undefined;
    if (params) return { operation: { name, ...operation }, params };
  }
  return undefined;
}

function match(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}

/** What is wrong with a value, each with its place; empty where it is as described. */
export function problemsOf(value: unknown, shape: JsonShape, place = "$"): string[] {
  if (shape.$ref !== undefined) return problemsOf(value, schemaOf(shape.$ref), place);
  if (value === null && (shape.nullable === true || shape.type === "null")) return [];
  const all = (shape.allOf ?? []).flatMap((part) => problemsOf(value, part, place));
  const some = shape.oneOf ?? shape.anyOf;
  if (some && !some.some((part) => problemsOf(value, part, place).length === 0))
    all.push(`${place}: fits none of its forms`);
  if (shape.enum && !shape.enum.includes(value)) all.push(`${place}: is none of ${shape.enum.join(", ")}`);
  return [...all, ...typeProblems(value, shape, place)];
}

function typeProblems(value: unknown, shape: JsonShape, place: string): string[] {
  const types = typeof shape.type === "string" ? [shape.type] : (shape.type ?? []);
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return [`${place}: is no ${types.join(" or ")}`];
  if (Array.isArray(value)) return arrayProblems(value, shape, place);
  if (typeof value === "object" && value !== null)
    return objectProblems(value as Record<string, unknown>, shape, place);
  return [];
}

function arrayProblems(value: readonly unknown[], shape: JsonShape, place: string): string[] {
  const problems = value.flatMap((item, index) =>
    shape.items ? problemsOf(item, shape.items, `${place}[${index}]`) : [],
  );
  if (shape.minItems !== undefined && value.length < shape.minItems) problems.push(`${place}: has too few items`);
  if (shape.maxItems !== undefined && value.length > shape.maxItems) problems.push(`${place}: has too many items`);
  return problems;
}

function objectProblems(value: Record<string, unknown>, shape: JsonShape, place: string): string[] {
  const problems = (shape.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${place}.${name}: is missing`);
  for (const [name, inner] of Object.entries(value)) {
    const known = shape.properties?.[name];
    if (known && inner !== undefined) problems.push(...problemsOf(inner, known, `${place}.${name}`));
    else if (!known && shape.additionalProperties === false) problems.push(`${place}.${name}: is unknown`);
  }
  return problems;
}

function isOf(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** The names that a body or a query may hold, for shapes that do not forbid others: we send none that GitHub does not know. */
export function knownNames(shape: JsonShape): readonly string[] {
  const own = shape.$ref === undefined ? shape : schemaOf(shape.$ref);
  const parts = [...(own.oneOf ?? []), ...(own.anyOf ?? []), ...(own.allOf ?? [])];
  return [...Object.keys(own.properties ?? {}), ...parts.flatMap(knownNames)];
}

/** A smallest value of this shape: every required field, filled with what its type allows. */
export function sampleOf(shape: JsonShape): unknown {
  if (shape.$ref !== undefined) return sampleOf(schemaOf(shape.$ref));
  if (shape.allOf) return Object.assign({}, ...shape.allOf.map((part) => sampleOf(present(part))));
  const [form] = shape.oneOf ?? shape.anyOf ?? [];
  if (form) return sampleOf(form);
  if (shape.enum) return shape.enum[0];
  if (shape.nullable === true) return null;
  const type = typeof shape.type === "string" ? shape.type : shape.type?.[0];
  switch (type) {
    case "array":
      return Array.from({ length: shape.minItems ?? 0 }, () => sampleOf(shape.items ?? {}));
    case "object":
      return Object.fromEntries((shape.required ?? []).map((name) => [name, sampleOf(shape.properties?.[name] ?? {})]));
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "string":
      return shape.format === "date-time" ? "2026-11-21T12:00:00Z" : "";
    default:
      return {};
  }
}

/** What is part of a whole is there, even where its own description allows null. */
function present(part: JsonShape): JsonShape {
  return { ...(part.$ref === undefined ? part : schemaOf(part.$ref)), nullable: false };
}

function schemaOf(name: string): JsonShape {
  const found = slice.schemas[name];
  if (!found) throw new Error(`the slice lacks the schema ${name}`);
  return found;
}
