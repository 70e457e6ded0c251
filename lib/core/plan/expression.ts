import { data, Evaluator, type Expr, Lexer, Parser } from "@actions/expressions";
import { Binary, type ExprVisitor, FunctionCall, IndexAccess, Literal, Star } from "@actions/expressions/ast";
import { type Token, TokenType } from "@actions/expressions/lexer";
import { splitTemplate } from "./template.ts";
import { known, namesOf, truth, unknown, type Value } from "./value.ts";

/**
 * Expressions with three answers: a value, an error, or "only the forge will know".
 *
 * The language itself is `@actions/expressions`; this walks its tree, so that an unknown part leaves the rest decidable:
 * `false && vars.X` is false, and `vars.X || 'd'` counts as true although its value is not known.
 */
export type Outcome = Value | { readonly kind: "error"; readonly text: string };

export interface Scope {
  /** Gitea has a language of its own that is nearly the same. */
  readonly forge: "gitea" | "github";
  /** By name in lower case; a context that is not here is an error in the expression. */
  readonly contexts: ReadonlyMap<string, Value>;
  /** What the status functions answer; without it they do not exist here. */
  readonly status?: Readonly<Record<StatusFunction, Value>>;
}

type StatusFunction = (typeof statusFunctions)[number];

const statusFunctions = ["success", "failure", "always", "cancelled"] as const;

/** The value of one expression, written without `${{` and `}}`. */
export function evaluate(source: string, scope: Scope): Outcome {
  try {
    return parse(source, scope).accept(visitor(scope));
  } catch (error) {
    return { kind: "error", text: error instanceof Error ? error.message : String(error) };
  }
}

/** The text of a string in which expressions may stand; a text without one is itself. */
export function interpolate(text: string, scope: Scope): Outcome {
  // Gitea looks for an expression only where both of its ends are.
  const template = scope.forge === "gitea" && !text.includes("}}") ? ({ kind: "plain" } as const) : splitTemplate(text);
  if (template.kind === "plain") return known(new data.StringData(text));
  if (template.kind === "unclosed") return { kind: "error", text: "an expression is not closed: its }} is missing" };
  const names: string[] = [];
  let joined = "";
  for (const part of template.parts) {
    const value = part.kind === "text" ? known(new data.StringData(part.text)) : evaluate(part.source, scope);
    if (value.kind === "error") return value;
    if (value.kind === "known") joined += value.data.coerceString();
    else names.push(...namesOf(value));
  }
  return names.length > 0 ? { kind: "unknown", names } : known(new data.StringData(joined));
}

/** Does it ask how other jobs went? Then the forge does not put `success() &&` before it. */
export function asksStatus(source: string): boolean {
  try {
    const { tokens } = new Lexer(source).lex();
    return tokens.some(
      ({ type, lexeme }, index) =>
        type === TokenType.IDENTIFIER && isStatus(lexeme) && tokens[index + 1]?.type === TokenType.LEFT_PAREN,
    );
  } catch {
    return false;
  }
}

/** `case(…)` is GitHub's alone; a field may well have that name. */
function isCase({ type, lexeme }: Token, index: number, tokens: readonly Token[]): boolean {
  const isCall = tokens[index + 1]?.type === TokenType.LEFT_PAREN;
  return type === TokenType.IDENTIFIER && lexeme.toLowerCase() === "case" && isCall;
}

function isStatus(name: string): boolean {
  return (statusFunctions as readonly string[]).includes(name.toLowerCase());
}

function parse(source: string, { forge, contexts, status }: Scope): Expr {
  const { tokens } = new Lexer(source).lex();
  if (forge === "gitea" && tokens.some(isCase)) throw new Error("there is no function case");
  const functions = status ? statusFunctions.map((name) => ({ name, minArgs: 0, maxArgs: 0 })) : [];
  return new Parser(tokens, [...contexts.keys()], functions).parse();
}

/** Only what may be unknown is handled here; a node whose parts are all known goes to the language's own evaluator. */
function visitor({ contexts, status }: Scope): ExprVisitor<Value> {
  const itself: ExprVisitor<Value> = {
    visitLiteral: (node) => known(node.literal),
    visitGrouping: (node) => node.group.accept(itself),
    visitContextAccess: ({ name }) => contexts.get(name.lexeme.toLowerCase()) ?? unknown([name.lexeme]),
    visitUnary: (node) => {
      const operand = node.expr.accept(itself);
      const counts = truth(operand);
      return counts === undefined ? unknown(namesOf(operand)) : known(new data.BooleanData(!counts));
    },
    visitBinary: ({ left, operator, right }) =>
      whenKnown([left.accept(itself), right.accept(itself)], ([a, b]) =>
        a && b ? new Binary(new Literal(a, operator), operator, new Literal(b, operator)) : undefined,
      ),
    visitLogical: ({ args, operator }) => logical(args, operator.type === TokenType.AND, itself),
    visitIndexAccess: ({ expr, index }) => {
      const object = expr.accept(itself);
      if (index instanceof Star) return star(object, index);
      return property(object, index.accept(itself));
    },
    visitFunctionCall: ({ functionName, args }) => {
      const answer = status?.[functionName.lexeme.toLowerCase() as StatusFunction];
      if (answer) return answer;
      return whenKnown(
        args.map((arg) => arg.accept(itself)),
        (values) =>
          new FunctionCall(
            functionName,
            values.map((value) => new Literal(value, functionName)),
          ),
      );
    },
  };
  return itself;
}

/** `&&` and `||` yield the operand that decides; after an undecided one only the truth can still be told. */
function logical(args: readonly Expr[], and: boolean, itself: ExprVisitor<Value>): Value {
  const open: string[] = [];
  let last = known(new data.Null());
  for (const arg of args) {
    last = arg.accept(itself);
    const counts = truth(last);
    if (counts === !and) return open.length > 0 ? unknown(open, counts) : last;
    if (counts === undefined) open.push(...namesOf(last));
  }
  return open.length > 0 ? unknown(open) : last;
}

function star(object: Value, index: Star): Value {
  if (object.kind !== "known") return unknown(namesOf(object).map((name) => `${name}.*`));
  return whenKnown([object], ([value]) => value && new IndexAccess(new Literal(value, noToken), index));
}

function property(object: Value, index: Value): Value {
  if (object.kind === "partial" && index.kind === "known" && index.data.primitive) {
    const name = index.data.coerceString();
    return object.fields.get(name.toLowerCase()) ?? object.rest ?? unknown([`${object.name}.${name}`]);
  }
  if (object.kind === "unknown" && index.kind === "known" && index.data.primitive) {
    return unknown(object.names.map((name) => `${name}.${index.data.coerceString()}`));
  }
  return whenKnown(
    [object, index],
    ([a, b]) => a && b && new IndexAccess(new Literal(a, noToken), new Literal(b, noToken)),
  );
}

/** Evaluates the node made of the values, where all of them are known. */
function whenKnown(
  values: readonly Value[],
  node: (values: readonly data.ExpressionData[]) => Expr | undefined,
): Value {
  const names = values.flatMap(namesOf);
  if (names.length > 0) return unknown(names);
  const expression = node(values.flatMap((value) => (value.kind === "known" ? [value.data] : [])));
  if (!expression) throw new Error("an operand is missing");
  return known(new Evaluator(expression, new data.Dictionary()).evaluate());
}

/** The evaluator never looks at the token of a literal. */
const noToken: Token = {
  type: TokenType.NULL,
  lexeme: "",
  range: { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } },
};
