import type { Scalar, Tree } from "./yaml-tree.ts";

/**
 * How Gitea, a Go program, types and prints the values of a matrix: its job names are made of them.
 *
 * Its YAML reader differs from YAML 1.2: `010` is 8, `1_000` is 1000, `2020-01-02` is a point in time.
 */
interface GoScalar {
  readonly type: "string" | "int" | "float" | "bool" | "nil" | "time";
  /** As `fmt.Sprint` prints it: `<nil>`, `1.1`, `1e+06`. */
  readonly text: string;
}

const constants = new Map<string, GoScalar>([
  ...["", "~", "null", "Null", "NULL"].map((text) => [text, { type: "nil", text: "<nil>" }] as const),
  ...["true", "True", "TRUE"].map((text) => [text, { type: "bool", text: "true" }] as const),
  ...["false", "False", "FALSE"].map((text) => [text, { type: "bool", text: "false" }] as const),
  ...[".nan", ".NaN", ".NAN"].map((text) => [text, { type: "float", text: "NaN" }] as const),
  ...[".inf", ".Inf", ".INF"].flatMap((text) =>
    (["", "+"] as const).map((sign) => [sign + text, { type: "float", text: "+Inf" }] as const),
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((text) => [text, { type: "float", text: "-Inf" }] as const),
  ...["-0", "-0.0"].map((text) => [text, { type: "float", text: "-0" }] as const),
]);

function goScalar({ source, quoted }: Scalar): GoScalar {
  if (quoted) return { type: "string", text: source };
  return constants.get(source) ?? goTime(source) ?? goNumber(source) ?? { type: "string", text: source };
}

/** The value as its expressions see it: with Go's types, and the keys of mappings sorted. */
export function goTree(tree: Tree): Tree {
  if (tree.kind === "sequence") return { ...tree, items: tree.items.map(goTree) };
  if (tree.kind === "mapping") {
    const entries = tree.entries.map((entry) => ({ ...entry, value: goTree(entry.value) }));
    return { ...tree, entries: entries.sort((a, b) => compareBytes(a.key, b.key)) };
  }
  const { type, text } = goScalar(tree);
  if (type === "nil") return { ...tree, value: null };
  if (type === "bool") return { ...tree, value: text === "true" };
  if (type === "int") return { ...tree, value: Number.isSafeInteger(Number(text)) ? Number(text) : text };
  if (type === "float") return { ...tree, value: Number(text.replace("Inf", "Infinity")) };
  return { ...tree, value: tree.source };
}

/** `fmt.Sprint`: `[1 2]`, `map[n:1 s:x]` with sorted keys. */
export function goText(tree: Tree): string {
  if (tree.kind === "scalar") return goScalar(tree).text;
  if (tree.kind === "sequence") return `[${tree.items.map(goText).join(" ")}]`;
  const pairs = tree.entries.map(({ key, value }) => ({ key, text: `${key}:${goText(value)}` }));
  return `map[${pairs
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ text }) => text)
    .join(" ")}]`;
}

/** Two values have the same key when `reflect.DeepEqual` calls them equal: the text "1" is not the number 1. */
export function goKey(tree: Tree): string {
  if (tree.kind === "scalar") {
    const { type, text } = goScalar(tree);
    return JSON.stringify([type, text]);
  }
  if (tree.kind === "sequence") return `[${tree.items.map(goKey).join(",")}]`;
  const pairs = tree.entries.map(({ key, value }) => `${JSON.stringify(key)}:${goKey(value)}`);
  return `{${pairs.sort().join(",")}}`;
}

/** Go sorts strings by their UTF-8 bytes, which is the order of code points. */
export function compareBytes(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function goNumber(source: string): GoScalar | undefined {
  const plain = source.replaceAll("_", "");
  const int = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(plain);
  if (int && /^[-+0-9]/.test(source)) {
    const [, sign, hex, binary, octal, decimal] = int;
    const size = BigInt(decimal ?? (hex ? `0x${hex}` : binary ? `0b${binary}` : `0o${octal}`));
    const value = sign === "-" ? -size : size;
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return { type: "int", text: String(value) };
  }
  if (!/^[-+.0-9]/.test(source)) return undefined;
  const text = source.startsWith(".") ? source : plain;
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { type: "float", text: goFloat(value) } : undefined;
}

/** `%v`: the shortest digits, with an exponent from 1e+06 on and below 1e-04. */
function goFloat(value: number): string {
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (value === 0 || (exponent >= -4 && exponent < 21 && exponent < 6)) return plainDecimal(value);
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits}e${exponent < 0 ? "-" : "+"}${size}`;
}

/** From 1e-04 up JavaScript writes no exponent either. */
function plainDecimal(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A date is a point in time, printed as Go does: `2020-01-02 00:00:00 +0000 UTC`. */
function goTime(source: string): GoScalar | undefined {
  const found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(source);
  if (!found) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (days === undefined || day < 1 || day > days) return undefined;
  const two = (part: number) => String(part).padStart(2, "0");
  return { type: "time", text: `${found[1]}-${two(month)}-${two(day)} 00:00:00 +0000 UTC` };
}
