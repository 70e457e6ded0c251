import type { Position } from "../errors.ts";
import { splitTemplate } from "../plan/template.ts";
import type { Tree } from "./yaml-tree.ts";

/**
 * What a forge takes at a place of a workflow file, as data. A shape says no more than what makes the forge refuse the file.
 */
export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "text"; readonly notEmpty?: boolean }
  /** A number or a boolean; an expression is taken for one where the forge evaluates it here. */
  | { readonly kind: "number" | "boolean" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  /** `only`: no other key is taken. */
  | {
      readonly kind: "fields";
      readonly fields: Readonly<Record<string, Shape>>;
      readonly only?: boolean;
      readonly required?: readonly string[];
    }
  /** The first whose kind of value stands there decides. */
  | { readonly kind: "one-of"; readonly shapes: readonly Shape[] };

export interface ShapeRules {
  /** May an expression stand for any value? */
  readonly expressions: boolean;
  readonly booleans: readonly string[];
}

export interface Misfit {
  readonly at: Position;
  /** Dotted place: `jobs.test.steps`. */
  readonly place: string;
  readonly text: string;
}

/** Everything in a tree that its shape does not take. */
export function misfits(rules: ShapeRules, shape: Shape, tree: Tree, place: string): readonly Misfit[] {
  if (shape.kind === "any") return [];
  // Nothing is fine wherever it is not forbidden: no forge asks for values that we do not use.
  if (isNull(tree) && !needsText(shape)) return [];
  if (rules.expressions && isExpression(tree)) return [];
  if (shape.kind === "one-of") return misfits(rules, pick(shape.shapes, tree), tree, place);
  if (shape.kind === "list") {
    if (tree.kind !== "sequence") return [wrong(tree, place, "has to be a list")];
    return tree.items.flatMap((item, index) => misfits(rules, shape.of, item, `${place}[${index}]`));
  }
  if (shape.kind === "map" || shape.kind === "fields") return mappingMisfits(rules, shape, tree, place);
  return scalarMisfits(rules, shape, tree, place);
}

function mappingMisfits(
  rules: ShapeRules,
  shape: Extract<Shape, { kind: "map" | "fields" }>,
  tree: Tree,
  place: string,
): readonly Misfit[] {
  if (tree.kind !== "mapping") return [wrong(tree, place, "has to be a mapping")];
  const found = tree.entries.flatMap(({ key, keyAt, value }) => {
    const inner = shape.kind === "map" ? shape.of : Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (inner) return misfits(rules, inner, value, place === "" ? key : `${place}.${key}`);
    return shape.kind === "fields" && shape.only ? [{ at: keyAt, place, text: `knows no key "${key}"` }] : [];
  });
  const required = (shape.kind === "fields" && shape.required) || [];
  const missing = required.filter((name) => !tree.entries.some(({ key }) => key === name));
  return [...found, ...missing.map((name) => wrong(tree, place, `lacks \`${name}\``))];
}

function scalarMisfits(
  { booleans }: ShapeRules,
  shape: Extract<Shape, { kind: "text" | "number" | "boolean" }>,
  tree: Tree,
  place: string,
): readonly Misfit[] {
  if (tree.kind !== "scalar") return [wrong(tree, place, `has to be ${nameOf(shape)}, not a ${tree.kind}`)];
  if (shape.kind === "text") {
    return shape.notEmpty && (isNull(tree) || tree.source === "") ? [wrong(tree, place, "must not be empty")] : [];
  }
  if (shape.kind === "number") return typeof tree.value === "number" ? [] : [wrong(tree, place, "has to be a number")];
  return !tree.quoted && booleans.includes(tree.source) ? [] : [wrong(tree, place, "has to be true or false")];
}

function pick(shapes: readonly Shape[], tree: Tree): Shape {
  const fits = ({ kind }: Shape) => {
    if (tree.kind === "sequence") return kind === "list";
    if (tree.kind === "mapping") return kind === "map" || kind === "fields";
    return kind === "text" || kind === "number" || kind === "boolean";
  };
  return shapes.find(fits) ?? shapes[0] ?? { kind: "any" };
}

function needsText(shape: Shape): boolean {
  if (shape.kind === "one-of") return shape.shapes.some(needsText);
  return shape.kind === "text" && shape.notEmpty === true;
}

function nameOf({ kind }: Shape): string {
  if (kind === "number") return "a number";
  return kind === "boolean" ? "true or false" : "a text";
}

function wrong({ at }: Tree, place: string, text: string): Misfit {
  return { at, place, text };
}

function isNull(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

function isExpression(tree: Tree): boolean {
  return tree.kind === "scalar" && splitTemplate(tree.source).kind === "parts";
}
